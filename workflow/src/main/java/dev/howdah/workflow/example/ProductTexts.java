package dev.howdah.workflow.example;

import dev.howdah.workflow.example.Product.Endpoint;
import dev.howdah.workflow.example.Product.Entity;
import dev.howdah.workflow.example.Product.Story;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a product's documents, schema, server and pages. Names in it are words of letters, digits and _ only. */
final class ProductTexts {
    private ProductTexts() {}

    static String requirements(Product product) {
        var text = new StringBuilder("# Requirements: ").append(product.title()).append("\n\n## User stories\n");
        for (var story : product.stories()) {
            text.append("\n### ").append(story.id()).append("\nAs a **").append(story.role()).append("**: ")
                    .append(story.text()).append(".\n\nAcceptance criteria:\n");
            acceptance(story).forEach(criterion -> text.append("- [ ] ").append(criterion).append('\n'));
        }
        text.append("\n## Things\n\n");
        product.entities().forEach(entity -> text.append("- **").append(entity.name()).append("**: ")
                .append(entity.fields().stream().map(Product.Field::name).collect(Collectors.joining(", ")))
                .append('\n'));
        var open = product.stories().stream().filter(story -> !story.isTestable()).toList();
        text.append("\n## Open questions\n\n").append(open.isEmpty() ? "None.\n" : "");
        open.forEach(story -> text.append("- ").append(story.id()).append(": ").append(question(story)).append('\n'));
        return text.toString();
    }

    static List<String> acceptance(Story story) {
        if (story.action().isEmpty() || story.entity().isEmpty()) {
            return List.of("To be agreed: the sentence names no action on a thing");
        }
        return List.of("Given a signed-in " + story.role() + ", when they " + story.action() + " a " + story.entity()
                + ", then the answer confirms it and a later read shows it",
                "Given input that is missing or malformed, then nothing is stored and the answer names the field",
                "Given somebody who is not signed in, then the answer is 401");
    }

    private static String question(Story story) {
        return story.vague().isEmpty()
                ? "what exactly is done, and with what?"
                : "how is \"" + String.join("\", \"", story.vague()) + "\" measured?";
    }

    static String design(Product product) {
        var text = new StringBuilder("# Design: ").append(product.title()).append("""


            One server with a JSON API over one database, and pages that use the API only.

            ## Data model

            | table | columns |
            |---|---|
            """);
        product.entities().forEach(entity -> text.append("| ").append(entity.table()).append(" | id, ")
                .append(entity.fields().stream().map(field -> field.name() + " " + field.type())
                        .collect(Collectors.joining(", ")))
                .append(", created_at |\n"));
        text.append("\n## Endpoints\n\n| method | path | does | serves |\n|---|---|---|---|\n");
        for (var endpoint : product.endpoints()) {
            text.append("| ").append(endpoint.method()).append(" | ").append(endpoint.path()).append(" | ")
                    .append(endpoint.operation()).append(' ').append(endpoint.entity()).append(" | ")
                    .append(product.stories().stream().filter(story -> story.entity().equals(endpoint.entity()))
                            .map(Story::id).collect(Collectors.joining(", ")))
                    .append(" |\n");
        }
        return text.append("\nThe API in OpenAPI stands in openapi.yaml.\n").toString();
    }

    static String openApi(Product product) {
        var text = new StringBuilder("openapi: 3.1.0\ninfo:\n  title: ").append(quoted(product.title()))
                .append("\n  version: 1.0.0\npaths:\n");
        product.endpoints().stream().collect(Collectors.groupingBy(Endpoint::path, java.util.LinkedHashMap::new,
                Collectors.toList())).forEach((path, endpoints) -> {
                    text.append("  ").append(path).append(":\n");
                    if (path.endsWith("{id}")) {
                        text.append("    parameters:\n      - {name: id, in: path, required: true, schema: "
                                + "{type: integer}}\n");
                    }
                    endpoints.forEach(endpoint -> openApi(text, endpoint));
                });
        text.append("components:\n  schemas:\n");
        for (var entity : product.entities()) {
            text.append("    ").append(entity.name()).append(":\n      type: object\n      properties:\n");
            entity.fields().forEach(field -> text.append("        ").append(field.name()).append(": {type: ")
                    .append(switch (field.type()) {
                        case "numeric" -> "number";
                        case "integer" -> "integer";
                        default -> "string";
                    }).append("}\n"));
        }
        return text.toString();
    }

    private static void openApi(StringBuilder text, Endpoint endpoint) {
        text.append("    ").append(endpoint.method().toLowerCase(java.util.Locale.ROOT))
                .append(":\n      operationId: ")
                .append(endpoint.handler()).append('\n');
        var body = "{content: {application/json: {schema: {$ref: '#/components/schemas/" + endpoint.entity() + "'}}}}";
        if (endpoint.method().equals("POST") || endpoint.method().equals("PUT")) {
            text.append("      requestBody: ").append(body).append('\n');
        }
        text.append("      responses: {'").append(endpoint.method().equals("POST") ? "201" : "200")
                .append("': {description: done}}\n");
    }

    /** As JSON, which YAML and Python read as well. */
    private static String quoted(String text) {
        return tools.jackson.databind.node.JsonNodeFactory.instance.stringNode(text).toString();
    }

    static String schema(Product product) {
        return product.entities().stream().map(entity -> "CREATE TABLE " + entity.table()
                + " (\n    id integer PRIMARY KEY,\n"
                + entity.fields().stream().map(field -> "    \"" + field.name() + "\" " + field.type() + ",\n")
                        .collect(Collectors.joining())
                + "    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP\n);\n")
                .collect(Collectors.joining("\n"));
    }

    /** A server that runs with Python alone: {@code python3 app.py [PORT]}. */
    static String server(Product product) {
        var text = new StringBuilder("""
            # The backend. Run it with: python3 app.py [PORT]; it needs nothing but Python 3 and schema.sql beside it.
            import json, os, re, sqlite3, sys
            from http.server import BaseHTTPRequestHandler, HTTPServer

            db = sqlite3.connect(":memory:")
            db.row_factory = sqlite3.Row
            with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "schema.sql")) as schema:
                db.executescript(schema.read())


            def rows(sql, *values):
                return [dict(row) for row in db.execute(sql, values)]


            def checked(body, fields):
                unknown = sorted(set(body) - set(fields))
                if unknown or not body:
                    raise ValueError("unknown fields: " + ", ".join(unknown) if unknown else "the body is empty")
                return [name for name in fields if name in body]

            """);
        for (var entity : product.entities()) {
            product.endpoints().stream().filter(endpoint -> endpoint.entity().equals(entity.name()))
                    .forEach(endpoint -> function(text, endpoint, entity));
        }
        text.append("\nROUTES = [\n");
        product.endpoints().forEach(endpoint -> text.append("    (\"").append(endpoint.method()).append("\", \"^")
                .append(endpoint.path().replace("{id}", "(\\\\d+)")).append("$\", ").append(endpoint.handler())
                .append("),\n"));
        return text.append("""
            ]


            class Server(BaseHTTPRequestHandler):
                def answer(self):
                    for method, path, handler in ROUTES:
                        found = re.match(path, self.path.split("?")[0])
                        if found and method == self.command:
                            return self.call(handler, found.groups())
                    self.send(404, {"error": "there is nothing at " + self.path})

                def call(self, handler, ids):
                    try:
                        length = int(self.headers.get("Content-Length") or 0)
                        body = [json.loads(self.rfile.read(length))] if self.command in ("POST", "PUT") else []
                        result = handler(*map(int, ids), *body)
                        db.commit()
                        self.send(404 if result is None else 201 if self.command == "POST" else 200, result)
                    except (ValueError, TypeError) as error:
                        self.send(400, {"error": str(error)})

                def send(self, status, body):
                    data = json.dumps(body, default=str).encode()
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.send_header("Connection", "close")  # so that no client uses it again
                    self.end_headers()
                    self.wfile.write(data)

                do_GET = do_POST = do_PUT = do_DELETE = answer


            if __name__ == "__main__":
                server = HTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 8000), Server)
                print("listening on port", server.server_port, flush=True)
                server.serve_forever()
            """).toString();
    }

    private static void function(StringBuilder text, Endpoint endpoint, Entity entity) {
        var fields = entity.fields().stream().map(field -> "\"" + field.name() + "\"")
                .collect(Collectors.joining(", ", "[", "]"));
        var code = switch (endpoint.operation()) {
            case "list" -> "():\n    return rows(\"SELECT * FROM %s ORDER BY id LIMIT 100\")\n";
            case "create" ->
                """
                    (body):
                        names = checked(body, @)
                        columns = ", ".join('"' + name + '"' for name in names)
                        marks = ", ".join("?" for name in names)
                        made = db.execute("INSERT INTO %s (" + columns + ") VALUES (" + marks + ")", [body[n] for n in names])
                        return rows("SELECT * FROM %s WHERE id = ?", made.lastrowid)[0]
                    """;
            case "update" -> """
                (id, body):
                    names = checked(body, @)
                    changes = ", ".join('"' + name + '" = ?' for name in names)
                    db.execute("UPDATE %s SET " + changes + " WHERE id = ?", [body[n] for n in names] + [id])
                    return next(iter(rows("SELECT * FROM %s WHERE id = ?", id)), None)
                """;
            case "delete" -> """
                (id):
                    gone = rows("SELECT * FROM %s WHERE id = ?", id)
                    db.execute("DELETE FROM %s WHERE id = ?", [id])
                    return gone[0] if gone else None
                """;
            default -> "(id):\n    return next(iter(rows(\"SELECT * FROM %s WHERE id = ?\", id)), None)\n";
        };
        text.append("\ndef ").append(endpoint.handler())
                .append(code.replace("%s", entity.table()).replace("@", fields)).append('\n');
    }

    static String page(Product product) {
        return html(product.title(),
                product.entities().stream().map(ProductTexts::section).collect(Collectors.joining()));
    }

    static String screen(String title, Entity entity) {
        return html(title, section(entity));
    }

    private static String section(Entity entity) {
        var table = entity.table();
        var columns = entity.fields().stream().map(Product.Field::name).toList();
        return "<section id=\"" + table + "\" data-api=\"/" + table + "\">\n<h2>" + escape(table.replace('_', ' '))
                + "</h2>\n<form>\n"
                + entity.fields().stream().map(field -> "<label>" + escape(field.name().replace('_', ' '))
                        + " <input name=\"" + field.name() + "\" type=\""
                        + (field.type().equals("text") ? "text" : "number") + "\"></label>\n")
                        .collect(Collectors.joining())
                + "<button>Add</button>\n</form>\n<table><thead><tr>"
                + columns.stream().map(name -> "<th>" + escape(name.replace('_', ' ')) + "</th>")
                        .collect(Collectors.joining())
                + "</tr></thead><tbody></tbody></table>\n</section>\n";
    }

    private static String html(String title, String body) {
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>@title</title>
            <style>
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
            body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
            form { display: flex; flex-wrap: wrap; gap: .75rem; align-items: end }
            label { display: grid; font-size: .875rem }
            table { width: 100%; border-collapse: collapse; margin-top: 1rem }
            th, td { text-align: left; padding: .4rem; border-bottom: 1px solid #8884 }
            </style>
            </head>
            <body>
            <h1>@title</h1>
            @body<script>
            for (const section of document.querySelectorAll("section")) {
              const api = section.dataset.api;
              const form = section.querySelector("form");
              const names = [...form.querySelectorAll("input")].map(input => input.name);
              const show = async () => {
                const items = await (await fetch(api)).json();
                section.querySelector("tbody").replaceChildren(...items.map(item => {
                  const row = document.createElement("tr");
                  names.forEach(name => row.insertCell().textContent = item[name] ?? "");
                  return row;
                }));
              };
              form.addEventListener("submit", async event => {
                event.preventDefault();
                const body = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
                await fetch(api, {method: "POST", body: JSON.stringify(body)});
                form.reset();
                show();
              });
              show();
            }
            </script>
            </body>
            </html>
            """.replace("@body", body).replace("@title", escape(title));
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    static String testReport(List<PhaseChecks.Check> checks) {
        var text = new StringBuilder("# Test report\n\n")
                .append(checks.stream().filter(PhaseChecks.Check::passed).count())
                .append(" of ").append(checks.size())
                .append(" checks passed.\n\n| check | result | details |\n|---|---|---|\n");
        checks.forEach(check -> text.append("| ").append(check.name()).append(" | ")
                .append(check.passed() ? "passed" : "**failed**").append(" | ").append(check.details()).append(" |\n"));
        return text.toString();
    }
}
