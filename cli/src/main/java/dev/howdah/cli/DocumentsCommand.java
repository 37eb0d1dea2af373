package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Collections of JSON documents. */
@Command(name = "documents", mixinStandardHelpOptions = true, description = "Creates collections of JSON documents, and inserts, finds, updates, deletes and follows documents.", subcommands = {
        DocumentsCommand.CollectionsCommand.class, DocumentsCommand.CreateCommand.class,
        DocumentsCommand.DropCommand.class, DocumentsInsertCommand.class, DocumentsCommand.GetCommand.class,
        DocumentsCommand.FindCommand.class, DocumentsCommand.UpdateCommand.class,
        DocumentsCommand.DeleteCommand.class, DocumentsCommand.CountCommand.class,
        DocumentsIndexCommand.class, DocumentsIndexesCommand.class, DocumentsCommand.ExplainCommand.class,
        DocumentsSearchCommand.class, DocumentsChangesCommand.class})
final class DocumentsCommand implements Callable<Integer> {
    static final String PATH = "/api/documents";
    private static final int PAGE = 100;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    static String path(String collection) {
        return PATH + "/" + Api.encode(collection);
    }

    static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }

    @Command(name = "collections", mixinStandardHelpOptions = true, description = "Lists the collections.")
    static final class CollectionsCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            var collections = api.get(PATH);
            return output.print(collections, out -> {
                var table = new Table("COLLECTION", "DOCUMENTS", "BYTES", "INDEXES", "CREATED");
                collections.path("items").forEach(one -> table.add(one.path("name").asString(),
                        one.path("documents").asString(), one.path("bytes").asString(),
                        one.path("indexes").asString(), one.path("created_at").asString()));
                table.print(out);
            });
        }
    }

    /** What the verbs about one collection have in common. */
    abstract static class OnCollection implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(index = "0", paramLabel = "COLLECTION", description = "The collection's name.")
        private String collection = "";

        @Override
        public final Integer call() {
            return call(api, output, path(collection));
        }

        abstract int call(Api server, Output to, String path);

        String collection() {
            return collection;
        }
    }

    /** What the verbs with a filter have in common. */
    abstract static class OnFilter extends OnCollection {
        @Option(names = "--filter", paramLabel = "JSON", description = "Which documents, in MongoDB's query language: "
                + "'{\"age\": {\"$gte\": 18}}', @FILE or - for standard input.")
        private @Nullable String filter;

        final ObjectNode body() {
            var body = object();
            if (filter != null) {
                body.set("filter", Json.argument("--filter", filter));
            }
            return body;
        }

        final boolean hasFilter() {
            return filter != null;
        }
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Creates a collection, or sets its options.")
    static final class CreateCommand extends OnCollection {
        @Option(names = "--changes-retention", description = "How long its changes can be read: 7d.")
        private @Nullable String changesRetention;
        @Option(names = "--document-max", description = "Bytes of one document.")
        private @Nullable Integer documentMax;

        @Override
        int call(Api server, Output to, String path) {
            var created = server.put(path, object().put("changes_retention", changesRetention)
                    .put("document_max", documentMax));
            return to.print(created, out -> out.println("collection " + collection() + " is there"));
        }
    }

    @Command(name = "drop", mixinStandardHelpOptions = true, description = "Drops a collection with its documents, indexes and changes.")
    static final class DropCommand extends OnCollection {
        @Option(names = "--yes", description = "Really: what is dropped does not come back.")
        private boolean yes;

        @Override
        int call(Api server, Output to, String path) {
            if (!yes) {
                throw new InvalidInputException("not-confirmed", "--yes",
                        "is missing: all documents of \"" + collection()
                                + "\" would be gone",
                        "add --yes");
            }
            server.delete(path);
            return to.print(object().put("dropped", collection()), out -> out.println("dropped " + collection()));
        }
    }

    @Command(name = "get", mixinStandardHelpOptions = true, description = "Shows a document.")
    static final class GetCommand extends OnCollection {
        @Parameters(index = "1", paramLabel = "ID", description = "Its _id; of a number $number:42, of an ObjectId $oid:hex.")
        private String id = "";
        @Option(names = "--meta", description = "With its revision, times and metadata.")
        private boolean meta;

        @Override
        int call(Api server, Output to, String path) {
            var document = server.get(path + "/" + Api.encode(id) + (meta ? "?meta=true" : ""));
            return to.print(document, out -> out.println(document.toPrettyString()));
        }
    }

    @Command(name = "find", mixinStandardHelpOptions = true, description = "Prints the documents that match, one on a line.")
    static final class FindCommand extends OnFilter {
        @Option(names = "--sort", paramLabel = "JSON", description = "In which order: '{\"age\": -1}'.")
        private @Nullable String sort;
        @Option(names = "--projection", paramLabel = "JSON", description = "Which fields: '{\"name\": 1}'.")
        private @Nullable String projection;
        @Option(names = "--skip", description = "How many to leave out first.")
        private long skip;
        @Option(names = "--limit", defaultValue = "20", description = "How many at most (default ${DEFAULT-VALUE}).")
        private long limit = 20;

        @Override
        int call(Api server, Output to, String path) {
            var body = body().put("skip", skip).put("limit", limit).put("page", Math.min(PAGE, Math.max(1, limit)));
            if (sort != null) {
                body.set("sort", Json.argument("--sort", sort));
            }
            if (projection != null) {
                body.set("projection", Json.argument("--projection", projection));
            }
            var found = JsonMapper.shared().createArrayNode();
            JsonNode page;
            do {
                page = server.post(path + "/_find", body);
                page.path("items").forEach(found::add);
                body.set("cursor", page.path("next"));
            } while (page.path("next").isString());
            return to.print(found, out -> found.forEach(document -> out.println(document.toString())));
        }
    }

    @Command(name = "explain", mixinStandardHelpOptions = true, description = "Says which index serves each part of a filter, and what to declare where none does.")
    static final class ExplainCommand extends OnFilter {
        @Option(names = "--sort", paramLabel = "JSON", description = "In which order.")
        private @Nullable String sort;

        @Override
        int call(Api server, Output to, String path) {
            var body = body();
            if (sort != null) {
                body.set("sort", Json.argument("--sort", sort));
            }
            var explanation = server.post(path + "/_explain", body);
            return to.print(explanation, out -> {
                var table = new Table("CLAUSE", "SERVED BY", "INDEX", "ADVICE");
                explanation.path("clauses").forEach(clause -> table.add(clause.path("condition").asString(),
                        clause.path("service").asString(), clause.path("index").asString("-"),
                        clause.path("advice").asString("-")));
                table.print(out);
                explanation.path("plan").forEach(line -> out.println(line.asString()));
            });
        }
    }

    @Command(name = "update", mixinStandardHelpOptions = true, description = "Changes the first document that matches, or all.")
    static final class UpdateCommand extends OnFilter {
        @Parameters(index = "1", paramLabel = "UPDATE", description = "Operators: '{\"$set\": {\"a\": 1}}', or a whole document.")
        private String update = "";
        @Option(names = "--many", description = "All that match.")
        private boolean many;
        @Option(names = "--upsert", description = "Inserts one if none matches.")
        private boolean upsert;
        @Option(names = "--array-filters", paramLabel = "JSON", description = "Conditions for $[name]: '[{\"name.a\": 1}]'.")
        private @Nullable String arrayFilters;

        @Override
        int call(Api server, Output to, String path) {
            var body = body().put("many", many).put("upsert", upsert);
            body.set("update", Json.argument("UPDATE", update));
            if (arrayFilters != null) {
                body.set("array_filters", Json.argument("--array-filters", arrayFilters));
            }
            var result = server.post(path + "/_update", body);
            return to.print(result, out -> out.println(result.path("matched").asString() + " matched, "
                    + result.path("modified").asString() + " modified"
                    + (result.path("upserted").isNull() ? "" : ", inserted " + result.path("upserted"))));
        }
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes the first document that matches, or all.")
    static final class DeleteCommand extends OnFilter {
        @Option(names = "--many", description = "All that match.")
        private boolean many;

        @Override
        int call(Api server, Output to, String path) {
            if (!hasFilter()) {
                throw new InvalidInputException("filter-missing", "--filter", "is missing",
                        "say which documents; '{}' means all");
            }
            var result = server.post(path + "/_delete", body().put("many", many));
            return to.print(result, out -> out.println(result.path("deleted").asString() + " deleted"));
        }
    }

    @Command(name = "count", mixinStandardHelpOptions = true, description = "Counts the documents that match.")
    static final class CountCommand extends OnFilter {
        @Option(names = "--estimate", description = "About how many there are, without counting; without a filter.")
        private boolean estimate;

        @Override
        int call(Api server, Output to, String path) {
            var result = server.post(path + "/_count", body().put("estimate", estimate));
            return to.print(result, out -> out.println(result.path("count").asString()));
        }
    }
}
