package dev.howdah.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was written to a collection. */
@Command(name = "changes", mixinStandardHelpOptions = true, description = "Prints the changes of a collection, the oldest first.")
final class DocumentsChangesCommand extends DocumentsCommand.OnCollection {
    @Option(names = "--after", paramLabel = "TOKEN", description = "Behind this place: the token of a change, or now.")
    private @Nullable String after;
    @Option(names = "--limit", defaultValue = "100", description = "How many at most (default ${DEFAULT-VALUE}).")
    private int limit = 100;
    @Option(names = "--documents", description = "With the documents as they are now.")
    private boolean documents;
    @Option(names = "--follow", description = "Goes on with those to come, until it is ended.")
    private boolean follow;

    @Override
    int call(Api server, Output to, String path) {
        var query = "?document=" + documents + (after == null ? "" : "&after=" + Api.encode(after));
        var page = server.get(path + "/_changes" + query + "&limit=" + limit);
        to.print(page, out -> {
            page.path("items").forEach(change -> print(change, out));
            if (!follow) {
                out.println("next: " + page.path("next").asString());
            }
        });
        if (follow) {
            server.events(path + "/_changes/stream?document=" + documents, page.path("next").asString(), text -> {
                var change = JsonMapper.shared().readTree(text);
                if (to.isJson()) {
                    to.out().println(text);
                } else {
                    print(change, to.out());
                }
                to.out().flush();
            });
        }
        return 0;
    }

    private static void print(JsonNode change, PrintWriter out) {
        out.println(change.path("at").asString() + "  " + change.path("operation").asString() + "  "
                + change.path("id") + "  rev " + change.path("rev").asString()
                + (change.has("document") ? "  " + change.path("document") : ""));
    }
}
