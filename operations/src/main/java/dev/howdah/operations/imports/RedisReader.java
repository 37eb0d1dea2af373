package dev.howdah.operations.imports;

import dev.howdah.postgres.InvalidInputException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import redis.clients.jedis.params.ScanParams;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a running Redis by SCAN. It shows every key that is there from the beginning to the end at least once, some twice; what
 * is written meanwhile may be missing. A cursor is of use only to the server that gave it: when that was started again,
 * the database is scanned from its beginning, which costs time and nothing else.
 */
final class RedisReader implements Reader {
    private static final int DATABASES = 16;
    private static final Pattern RUN_ID = Pattern.compile("(?m)^run_id:(\\w+)");
    private static final Pattern KEYS = Pattern.compile("(?m)^db(\\d+):keys=(\\d+)");
    private static final String CURSOR = "cursor";
    private static final String SERVER = "server";
    private static final String READ = "read";

    private final String url;
    private final List<Integer> databases;
    private final RedisMapping mapping;
    private final ImportSettings settings;
    private final DatabaseClock clock;
    private long total;

    RedisReader(ImportSource.Redis source, ImportTarget target, Limits limits, ImportSettings settings,
            DatabaseClock clock) {
        this.url = source.url();
        this.databases = source.databases().isEmpty()
                ? List.of(RedisConnection.database(url))
                : List.copyOf(new TreeSet<>(source.databases()));
        if (databases.stream().anyMatch(number -> number < 0 || number >= DATABASES)) {
            throw new InvalidInputException("import-source-invalid", "databases", "are " + databases,
                    "use 0 to " + (DATABASES - 1));
        }
        this.mapping = new RedisMapping(target, databases.size() > 1, limits.cacheValueMax(), limits.documents());
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return "redis";
    }

    @Override
    public String source() {
        return Addresses.withoutSecrets(url).replaceFirst("(?<=[^/:])/\\d*$", "") + " databases "
                + String.join(",", databases.stream().map(String::valueOf).toList());
    }

    @Override
    public List<String> parts() {
        try (var connection = RedisConnection.open(url, databases.getFirst())) {
            var info = RedisConnection.translating(url, () -> connection.redis().info("keyspace"));
            total = KEYS.matcher(info).results().filter(match -> databases.contains(Integer.parseInt(match.group(1))))
                    .mapToLong(match -> Long.parseLong(match.group(2))).sum();
        }
        return databases.stream().map(String::valueOf).toList();
    }

    @Override
    public long total() {
        return total;
    }

    @Override
    public void read(String part, Optional<ObjectNode> from, Emitter out) throws InterruptedException {
        int database = Integer.parseInt(part);
        try (var connection = RedisConnection.open(url, database)) {
            var server = RedisConnection.translating(url, () -> serverId(connection));
            var position = from.filter(known -> known.path(SERVER).asString("").equals(server))
                    .orElseGet(() -> position("0", server, 0));
            do {
                position = page(connection, database, position, out);
            } while (!position.path(CURSOR).asString().equals("0"));
        }
    }

    private static String serverId(RedisConnection connection) {
        var id = RUN_ID.matcher(connection.redis().info("server"));
        return id.find() ? id.group(1) : "";
    }

    private static ObjectNode position(String cursor, String server, long read) {
        return JsonMapper.shared().createObjectNode().put(CURSOR, cursor).put(SERVER, server).put(READ, read);
    }

    /** Reads what one SCAN shows; large values make several batches of it. */
    private ObjectNode page(RedisConnection connection, int database, ObjectNode at, Emitter out)
            throws InterruptedException {
        var scanned = RedisConnection.translating(url, () -> connection.redis().scan(
                at.path(CURSOR).asString().getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                new ScanParams().count(settings.batchRows())));
        var after = position(scanned.getCursor(), at.path(SERVER).asString(), at.path(READ).asLong()
                + scanned.getResult().size());
        var keys = RedisConnection.translating(url, () -> RedisKeys.described(connection.redis(), scanned.getResult()));
        var part = Integer.toString(database);
        for (int begin = 0; begin < keys.size();) {
            int end = end(keys, begin);
            var some = keys.subList(begin, end);
            var records = RedisConnection.translating(url, () -> records(connection, database, some));
            if (end < keys.size()) {
                out.emit(new Batch(part, records, at, at.path(READ).asLong(), false));
            } else {
                out.emit(new Batch(part, records, after, after.path(READ).asLong(), isEnd(after)));
            }
            begin = end;
        }
        if (keys.isEmpty()) {
            out.emit(new Batch(part, List.of(), after, after.path(READ).asLong(), isEnd(after)));
        }
        return after;
    }

    private static boolean isEnd(ObjectNode position) {
        return position.path(CURSOR).asString().equals("0");
    }

    /** The keys whose values are read together: as many as fit a batch, at least one. */
    private int end(List<RedisKeys.Described> keys, int begin) {
        long bytes = 0;
        for (int i = begin; i < keys.size(); i++) {
            bytes += Math.min(keys.get(i).bytes(), settings.recordMax());
            if (bytes > settings.batchBytes() && i > begin) {
                return i;
            }
        }
        return keys.size();
    }

    private List<Raw> records(RedisConnection connection, int database, List<RedisKeys.Described> keys) {
        var before = clock.now();
        var raws = new ArrayList<Raw>(keys.size());
        for (var read : RedisKeys.read(connection.redis(), keys, settings.recordMax())) {
            var expiresAt = read.remaining() < 0
                    ? Optional.<Instant>empty()
                    : Optional.of(before.plusMillis(read.remaining()).truncatedTo(ChronoUnit.MILLIS));
            raws.add(read.value().<Raw>map(value -> () -> mapping.item(database, read.key(), value, expiresAt))
                    .orElse(() -> new Item.Vanished(read.type())));
        }
        return raws;
    }
}
