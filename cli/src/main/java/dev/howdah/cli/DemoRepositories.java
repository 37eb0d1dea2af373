package dev.howdah.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;

/**
 * Three small Git repositories with a history: {@code demo/orders}, a service; {@code demo/storefront}, which calls it;
 * {@code demo/returns}, which was made from it as a template and calls it too. The last commit of the service breaks
 * both. The same every time, commit ids included.
 */
final class DemoRepositories {
    static final String SERVICE = "demo/orders";
    static final String RELATIONSHIPS = """
        {"version": "1.0",
         "description": "The repositories of howdah demo.",
         "relationships": {
           "demo/orders": {
             "type": "service_provider",
             "consumers": [
               {"repo": "demo/storefront", "description": "The shop reads orders over HTTP.",
                "interface_files": ["src/orders_client.py", "deploy.yaml"],
                "change_triggers": ["api_contract", "authentication", "deployment"],
                "urgency_mapping": {"api_contract": "critical"}},
               {"repo": "demo/returns", "description": "Returns look up the order they belong to.",
                "interface_files": ["src/app.py"],
                "change_triggers": ["api_contract", "configuration"]}],
             "derivatives": [
               {"repo": "demo/returns", "description": "Made from orders as a template.",
                "shared_concerns": ["docker", "health_checks", "logging"],
                "divergent_concerns": ["business_logic"]}]}}}
        """;

    private static final Instant FIRST_COMMIT = Instant.parse("2026-01-05T09:00:00Z");
    private static final String AUTHOR = "Howdah demo";
    private static final String EMAIL = "demo@howdah.invalid";

    private static final String DOCKERFILE = """
        FROM python:3.12-slim
        WORKDIR /srv
        COPY . .
        RUN pip install --no-cache-dir -r requirements.txt
        EXPOSE 8000
        CMD ["uvicorn", "src.app:app", "--host", "0.0.0.0", "--port", "8000"]
        """;
    private static final String SAFER_DOCKERFILE = """
        FROM python:3.12-slim
        WORKDIR /srv
        COPY . .
        RUN pip install --no-cache-dir -r requirements.txt && useradd --no-create-home service
        USER service
        ENV API_TOKEN=""
        EXPOSE 8080
        HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8080/health')"]
        CMD ["uvicorn", "src.app:app", "--host", "0.0.0.0", "--port", "8080"]
        """;
    private static final String REQUIREMENTS = """
        fastapi==0.115.0
        uvicorn==0.30.6
        """;
    private static final String SERVICE_APP = """
        from fastapi import FastAPI, HTTPException

        app = FastAPI()
        ORDERS = {}


        @app.get("/health")
        def health():
            return {"status": "ok"}


        @app.get("/orders/{order_id}")
        def get_order(order_id: str):
            if order_id not in ORDERS:
                raise HTTPException(404)
            return ORDERS[order_id]


        @app.post("/orders")
        def add_order(order: dict):
            ORDERS[order["id"]] = order
            return order
        """;
    private static final String SERVICE_APP_WITH_SEARCH = SERVICE_APP + """


        @app.get("/orders/search")
        def search_orders(customer: str):
            return [order for order in ORDERS.values() if order["customer"] == customer]
        """;
    private static final String SERVICE_APP_BREAKING = """
        import os

        from fastapi import Depends, FastAPI, Header, HTTPException

        app = FastAPI()
        ORDERS = {}


        def authenticated(authorization: str = Header()):
            if authorization != "Bearer " + os.environ["API_TOKEN"]:
                raise HTTPException(401)


        @app.get("/health")
        def health():
            return {"status": "ok"}


        @app.get("/v2/orders/{order_id}", dependencies=[Depends(authenticated)])
        def read_order(order_id: str):
            if order_id not in ORDERS:
                raise HTTPException(404)
            return ORDERS[order_id]


        @app.post("/orders", dependencies=[Depends(authenticated)])
        def add_order(order: dict):
            ORDERS[order["id"]] = order
            return order


        @app.get("/orders/search", dependencies=[Depends(authenticated)])
        def search_orders(customer: str):
            return [order for order in ORDERS.values() if order["customer"] == customer]
        """;
    private static final String STOREFRONT_CLIENT = """
        import httpx

        BASE = "http://orders:8000"


        def load_order(order_id):
            answer = httpx.get(f"{BASE}/orders/{order_id}")
            answer.raise_for_status()
            return answer.json()


        def orders_of(customer):
            return httpx.get(f"{BASE}/orders/search", params={"customer": customer}).json()
        """;
    private static final String STOREFRONT_DEPLOY = """
        services:
          storefront:
            image: storefront:1.4
            environment:
              ORDERS_URL: http://orders:8000
        """;
    private static final String RETURNS_APP = """
        import httpx
        from fastapi import FastAPI

        app = FastAPI()


        @app.get("/health")
        def health():
            return {"status": "ok"}


        @app.post("/returns")
        def add_return(entry: dict):
            order = httpx.get("http://orders:8000/orders/" + entry["order_id"]).json()
            return {"order": order, "reason": entry["reason"]}
        """;

    private final Path root;

    DemoRepositories(Path root) {
        this.root = root;
    }

    /** Where the service's repository is. */
    Path service() {
        return root.resolve(SERVICE);
    }

    /** Makes them anew. */
    void make() {
        try {
            delete(root.resolve("demo"));
            make(SERVICE,
                    commit("Serve orders", "src/app.py", SERVICE_APP, "Dockerfile", DOCKERFILE, "requirements.txt",
                            REQUIREMENTS),
                    commit("Search orders by customer", "src/app.py", SERVICE_APP_WITH_SEARCH),
                    commit("""
                        Require a token, and serve orders under /v2

                        GET /orders/{order_id} was open to everybody; it is replaced by GET /v2/orders/{order_id}.
                        The container runs as a user of its own, on port 8080, with a health check.
                        """, "src/app.py", SERVICE_APP_BREAKING, "Dockerfile", SAFER_DOCKERFILE));
            make("demo/storefront", commit("Show orders", "src/orders_client.py", STOREFRONT_CLIENT),
                    commit("Deploy with Compose", "deploy.yaml", STOREFRONT_DEPLOY));
            make("demo/returns",
                    commit("Start from the orders template", "src/app.py", SERVICE_APP, "Dockerfile", DOCKERFILE,
                            "requirements.txt", REQUIREMENTS),
                    commit("Take returns", "src/app.py", RETURNS_APP));
        } catch (IOException | GitAPIException e) {
            throw new IllegalStateException("the demo's repositories cannot be made in " + root + ": " + e.getMessage(),
                    e);
        }
    }

    /** A commit of files; path and text take turns. */
    private record Commit(String message, Map<String, String> files) {}

    private static Commit commit(String message, String... pathsAndTexts) {
        var files = new LinkedHashMap<String, String>();
        for (int i = 0; i < pathsAndTexts.length; i += 2) {
            files.put(pathsAndTexts[i], pathsAndTexts[i + 1]);
        }
        return new Commit(message.strip(), files);
    }

    private void make(String name, Commit... commits) throws IOException, GitAPIException {
        var directory = root.resolve(name);
        Files.createDirectories(directory);
        var time = FIRST_COMMIT;
        try (var git = Git.init().setDirectory(directory.toFile()).setInitialBranch("main").call()) {
            for (var commit : commits) {
                for (var file : commit.files.entrySet()) {
                    var path = directory.resolve(file.getKey());
                    Files.createDirectories(path.getParent());
                    Files.writeString(path, file.getValue());
                }
                git.add().addFilepattern(".").call();
                var who = new PersonIdent(AUTHOR, EMAIL, time, ZoneOffset.UTC);
                git.commit().setMessage(commit.message).setAuthor(who).setCommitter(who).setSign(false)
                        .setNoVerify(true)
                        .call();
                time = time.plus(Duration.ofDays(1));
            }
        }
    }

    static void delete(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (var files = Files.walk(tree)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
