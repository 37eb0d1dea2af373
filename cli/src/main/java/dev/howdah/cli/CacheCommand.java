package dev.howdah.cli;

import java.nio.file.Path;
import java.util.List;
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

/** Named caches and what is in them. */
@Command(name = "cache", aliases = "caches", mixinStandardHelpOptions = true, description = "Creates, fills, reads and watches caches.", subcommands = {
        CacheCommand.ListCommand.class, CacheCommand.CreateCommand.class, CacheCommand.GetCommand.class,
        CacheCommand.SetCommand.class, CacheCommand.IncrementCommand.class, CacheCommand.DeleteCommand.class,
        CacheCommand.KeysCommand.class, CacheCommand.StatsCommand.class, CacheCommand.InvalidateCommand.class,
        CacheCommand.ClearCommand.class, CacheCommand.DropCommand.class})
final class CacheCommand implements Callable<Integer> {
    private static final String PATH = "/api/caches";
    private static final int TEN = 10;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("-");
    }

    private static String time(JsonNode node, String field) {
        var millis = node.path(field);
        return millis.isNumber() ? millis.asLong() / 1000 + " s" : "never";
    }

    private static Table caches(Iterable<JsonNode> caches) {
        var table = new Table("CACHE", "DURABILITY", "TTL", "ENTRIES", "MOST", "BYTES", "EVICTION", "NEAR");
        caches.forEach(cache -> table.add(text(cache, "name"), text(cache, "durability"),
                time(cache, "default_ttl_ms"), text(cache, "entries"), text(cache, "entries_max"),
                text(cache, "bytes"), text(cache, "eviction"), text(cache, "near")));
        return table;
    }

    private static Table entries(Iterable<JsonNode> entries) {
        var table = new Table("KEY", "KIND", "BYTES", "TTL", "READS", "TAGS");
        entries.forEach(entry -> table.add(entry.path("key").isNull()
                ? "base64:" + text(entry, "key_base64")
                : text(entry, "key"), text(entry, "kind"), text(entry, "bytes"), time(entry, "ttl_ms"),
                text(entry, "access_count"), String.join(",", entry.path("tags").valueStream()
                        .map(tag -> tag.asString("")).toList())));
        return table;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the caches.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();

        @Override
        public Integer call() {
            var answer = api.get(PATH);
            return output.print(answer, out -> caches(answer.path("items")).print(out));
        }
    }

    /** What the verbs about one cache have in common. */
    abstract static class OnCache implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(index = "0", paramLabel = "CACHE", description = "The cache's name.")
        private String name = "";

        @Override
        public final Integer call() {
            return call(api, PATH + "/" + Api.encode(name), output);
        }

        abstract int call(Api server, String cache, Output to);
    }

    /** The same of one entry. */
    abstract static class OnEntry extends OnCache {
        @Parameters(index = "1", paramLabel = "KEY", description = "The entry's key.")
        private String key = "";

        @Override
        final int call(Api server, String cache, Output to) {
            return call(server, cache, "?key=" + Api.encode(key), to);
        }

        abstract int call(Api server, String cache, String keyQuery, Output to);
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Creates a cache, or sets all options of the one that is there.")
    static final class CreateCommand extends OnCache {
        @Option(names = "--durability", description = "What a crash of the database costs: unlogged (everything), async (the last moment), sync (nothing).")
        private @Nullable String durability;
        @Option(names = "--default-ttl", description = "How long entries live: 5m, or never.")
        private @Nullable String defaultTtl;
        @Option(names = "--ttl-max", description = "How long entries live at most, whatever is said.")
        private @Nullable String ttlMax;
        @Option(names = "--entries-max", description = "The most entries.")
        private @Nullable Long entriesMax;
        @Option(names = "--bytes-max", description = "The most bytes.")
        private @Nullable Long bytesMax;
        @Option(names = "--eviction", description = "What goes when there is more: lru, fifo, or none, which refuses new keys.")
        private @Nullable String eviction;
        @Option(names = "--near", description = "Each process keeps a copy of what it has read.")
        private boolean near;
        @Option(names = "--near-ttl", description = "How old such a copy may be: 30s.")
        private @Nullable String nearTtl;
        @Option(names = "--negative-ttl", description = "For how long it is remembered that a loader found nothing.")
        private @Nullable String negativeTtl;

        @Override
        int call(Api server, String cache, Output to) {
            var made = server.put(cache, object().put("durability", durability).put("default_ttl", defaultTtl)
                    .put("ttl_max", ttlMax).put("entries_max", entriesMax).put("bytes_max", bytesMax)
                    .put("eviction", eviction).put("near", near).put("near_ttl", nearTtl)
                    .put("negative_ttl", negativeTtl));
            return to.print(made, out -> caches(List.of(made)).print(out));
        }
    }

    @Command(name = "get", mixinStandardHelpOptions = true, description = "Prints a value.")
    static final class GetCommand extends OnEntry {
        @Option(names = "--to", paramLabel = "FILE", description = "Writes the value into a file instead, as it is.")
        private @Nullable Path file;

        @Override
        int call(Api server, String cache, String keyQuery, Output to) {
            if (file != null) {
                server.download(cache + "/entry" + keyQuery, file);
                return 0;
            }
            if (to.isJson()) {
                return to.print(server.get(cache + "/entry/description" + keyQuery), out -> {});
            }
            to.out().println(server.text(cache + "/entry" + keyQuery));
            to.out().flush();
            return 0;
        }
    }

    @Command(name = "set", mixinStandardHelpOptions = true, description = "Stores a value.")
    static final class SetCommand extends OnEntry {
        @Parameters(index = "2", paramLabel = "VALUE", description = "The value.")
        private String value = "";
        @Option(names = "--type", defaultValue = "text", description = "What it is: text or json (default ${DEFAULT-VALUE}).")
        private String type = "text";
        @Option(names = "--ttl", description = "How long it lives: 5m, never or default.")
        private @Nullable String ttl;
        @Option(names = "--stale", description = "How long it may be served after that, while it is loaded anew.")
        private @Nullable String stale;
        @Option(names = "--tag", description = "By which it can be invalidated; may be repeated.")
        private List<String> tags = List.of();

        @Override
        int call(Api server, String cache, String keyQuery, Output to) {
            var path = new StringBuilder(cache + "/entry" + keyQuery);
            if (ttl != null) {
                path.append("&ttl=").append(Api.encode(ttl));
            }
            if (stale != null) {
                path.append("&stale=").append(Api.encode(stale));
            }
            tags.forEach(tag -> path.append("&tags=").append(Api.encode(tag)));
            var answer = server.put(path.toString(), type.equals("json") ? "application/json" : "text/plain", value);
            return to.print(answer, out -> out.println("stored, version " + text(answer, "version")));
        }
    }

    @Command(name = "increment", mixinStandardHelpOptions = true, description = "Adds to a number, and prints the sum.")
    static final class IncrementCommand extends OnEntry {
        @Option(names = "--by", defaultValue = "1", description = "What is added (default ${DEFAULT-VALUE}).")
        private long by = 1;
        @Option(names = "--ttl", description = "How long it lives, if it begins now.")
        private @Nullable String ttl;

        @Override
        int call(Api server, String cache, String keyQuery, Output to) {
            var answer = server.post(cache + "/entry/increment" + keyQuery, object().put("by", by).put("ttl", ttl));
            return to.print(answer, out -> out.println(text(answer, "value")));
        }
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes entries.")
    static final class DeleteCommand extends OnCache {
        @Parameters(index = "1..*", arity = "1..*", paramLabel = "KEY", description = "Keys of entries.")
        private List<String> keys = List.of();

        @Override
        int call(Api server, String cache, Output to) {
            var body = object();
            keys.forEach(body.putArray("keys")::add);
            var answer = server.post(cache + "/delete", body);
            return to.print(answer, out -> out.println(text(answer, "deleted") + " deleted"));
        }
    }

    @Command(name = "keys", mixinStandardHelpOptions = true, description = "Lists keys in their order.")
    static final class KeysCommand extends OnCache {
        @Parameters(index = "1", arity = "0..1", defaultValue = "*", paramLabel = "PATTERN", description = "A star stands for any characters, a question mark for one.")
        private String pattern = "*";
        @Option(names = "--limit", defaultValue = "100", description = "How many (default ${DEFAULT-VALUE}, at most 1000).")
        private int limit = 100;
        @Option(names = "--cursor", description = "Where the page before ended.")
        private @Nullable String cursor;

        @Override
        int call(Api server, String cache, Output to) {
            var answer = server.get(cache + "/keys?pattern=" + Api.encode(pattern) + "&limit=" + limit
                    + (cursor == null ? "" : "&cursor=" + Api.encode(cursor)));
            return to.print(answer, out -> {
                entries(answer.path("items")).print(out);
                if (!answer.path("next").isNull()) {
                    out.println("more with --cursor " + text(answer, "next"));
                }
            });
        }
    }

    @Command(name = "stats", mixinStandardHelpOptions = true, description = "Shows what was counted, and the keys that were read most.")
    static final class StatsCommand extends OnCache {
        @Override
        int call(Api server, String cache, Output to) {
            var statistics = server.get(cache + "/statistics");
            return to.print(statistics, out -> {
                var table = new Table("WHAT", "NUMBER");
                statistics.propertyStream().forEach(one -> table.add(one.getKey().replace('_', ' '),
                        one.getValue().asString("-")));
                table.print(out);
                var hot = server.get(cache + "/hot-keys?limit=" + TEN).path("items");
                if (!hot.isEmpty()) {
                    out.println();
                    entries(hot).print(out);
                }
            });
        }
    }

    @Command(name = "invalidate", mixinStandardHelpOptions = true, description = "Deletes the entries that have one of the tags.")
    static final class InvalidateCommand extends OnCache {
        @Parameters(index = "1..*", arity = "1..*", paramLabel = "TAG", description = "Tags.")
        private List<String> tags = List.of();

        @Override
        int call(Api server, String cache, Output to) {
            var body = object();
            tags.forEach(body.putArray("tags")::add);
            var answer = server.post(cache + "/invalidate", body);
            return to.print(answer, out -> out.println(text(answer, "invalidated") + " invalidated"));
        }
    }

    @Command(name = "clear", mixinStandardHelpOptions = true, description = "Deletes everything in a cache.")
    static final class ClearCommand extends OnCache {
        @Override
        int call(Api server, String cache, Output to) {
            var answer = server.post(cache + "/clear", null);
            return to.print(answer, out -> out.println(text(answer, "cleared") + " deleted"));
        }
    }

    @Command(name = "drop", mixinStandardHelpOptions = true, description = "Drops a cache with everything in it.")
    static final class DropCommand extends OnCache {
        @Override
        int call(Api server, String cache, Output to) {
            server.delete(cache);
            return 0;
        }
    }

    private static ObjectNode object() {
        return JsonMapper.shared().createObjectNode();
    }
}
