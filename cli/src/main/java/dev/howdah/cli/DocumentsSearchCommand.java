package dev.howdah.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;

/** Has documents searched, and searches them. */
@Command(name = "search", mixinStandardHelpOptions = true, description = "Finds documents by words, and by meaning where a model is configured; with --fields has a collection searched by them.")
final class DocumentsSearchCommand extends DocumentsCommand.OnCollection {
    @Parameters(index = "1..*", paramLabel = "QUESTION", description = "Plain words; also \"phrases\" and -exclusions.")
    private List<String> question = List.of();
    @Option(names = "--fields", paramLabel = "PATH", split = ",", description = "Searches these fields of all documents from now on.")
    private @Nullable List<String> fields;
    @Option(names = "--title", paramLabel = "PATH", description = "With --fields: the field that is a document's title.")
    private @Nullable String title;
    @Option(names = "--language", description = "With --fields: the language, such as english or simple.")
    private @Nullable String language;
    @Option(names = "--filter", paramLabel = "JSON", description = "Only documents that match, in MongoDB's query language.")
    private @Nullable String filter;
    @Option(names = "--limit", defaultValue = "10", description = "How many (default ${DEFAULT-VALUE}).")
    private int limit;

    @Override
    int call(Api server, Output to, String path) {
        if (fields != null) {
            var body = DocumentsCommand.object().put("title", title).put("language", language);
            ArrayNode paths = body.putArray("fields");
            fields.forEach(paths::add);
            var state = server.put(path + "/_search", body);
            return to.print(state, out -> out.println("collection " + collection() + " is searched by "
                    + String.join(", ", fields)));
        }
        var body = DocumentsCommand.object().put("question", String.join(" ", question)).put("limit", limit);
        if (filter != null) {
            body.set("filter", Json.argument("--filter", filter));
        }
        var answer = server.post(path + "/_search", body);
        return to.print(answer, out -> {
            var table = new Table("ID", "SCORE", "TEXT");
            answer.path("items").forEach(item -> table.add(item.at("/hit/key").asString(), String.format(
                    Locale.ROOT, "%.4f", item.at("/hit/score").asDouble()),
                    KnowledgeSearchCommand.plain(item.at("/hit/highlight/snippet").asString(""))));
            table.print(out);
        });
    }
}
