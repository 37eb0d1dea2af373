package dev.howdah.cli;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The indexes of a collection. */
@Command(name = "indexes", mixinStandardHelpOptions = true, description = "Lists the indexes of a collection, or drops one.")
final class DocumentsIndexesCommand extends DocumentsCommand.OnCollection {
    @Option(names = "--drop", paramLabel = "NAME", description = "Drops this one.")
    private @Nullable String drop;

    @Override
    int call(Api server, Output to, String path) {
        if (drop != null) {
            server.delete(path + "/_indexes/" + Api.encode(drop));
        }
        return print(server, to, path);
    }

    static int print(Api server, Output to, String path) {
        var indexes = server.get(path + "/_indexes");
        return to.print(indexes, out -> {
            var table = new Table("INDEX", "KIND", "PATHS", "UNIQUE", "STATE", "BYTES", "ERROR");
            indexes.path("items").forEach(index -> table.add(index.path("name").asString(),
                    index.path("kind").asString(),
                    index.path("paths").valueStream().map(JsonNode::asString).collect(Collectors.joining(", ")),
                    index.path("unique").asString(), index.path("state").asString(), index.path("bytes").asString(),
                    index.path("error").asString("-")));
            table.print(out);
        });
    }
}
