package dev.howdah.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A new index of a collection. */
@Command(name = "index", mixinStandardHelpOptions = true, description = "Creates an index and waits until it is ready; documents are read and written meanwhile.")
final class DocumentsIndexCommand extends DocumentsCommand.OnCollection {
    private static final int NAME_MAX = 40;

    @ArgGroup(multiplicity = "1")
    private Kind kind = new Kind();
    @Option(names = "--name", description = "Its name; made of the paths if absent.")
    private @Nullable String name;
    @Option(names = "--unique", description = "No two documents may have the same values.")
    private boolean unique;

    /** One of two. */
    static final class Kind {
        @Option(names = "--btree", paramLabel = "PATH", split = ",", description = "For equality, ranges and uniqueness of a path, or of several: user.id,day.")
        private List<String> paths = List.of();
        @Option(names = "--gin", description = "For equality on any path.")
        private boolean gin;
    }

    @Override
    int call(Api server, Output to, String path) {
        var index = DocumentsCommand.object().put("kind", kind.gin ? "gin" : "btree").put("unique", unique);
        var paths = index.putArray("paths");
        kind.paths.forEach(paths::add);
        server.put(path + "/_indexes/" + Api.encode(name == null ? nameOf(kind) : name), index);
        return DocumentsIndexesCommand.print(server, to, path);
    }

    private static String nameOf(Kind kind) {
        var made = kind.gin
                ? "any_path"
                : "by_" + String.join("_", kind.paths).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
        return made.substring(0, Math.min(NAME_MAX, made.length()));
    }
}
