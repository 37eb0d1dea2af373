package dev.howdah.bench;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.bson.BsonBinaryWriter;
import org.bson.BsonDocument;
import org.bson.BsonDateTime;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.EncoderContext;
import org.bson.io.BasicOutputBuffer;
import org.bson.types.ObjectId;
import redis.clients.jedis.Jedis;

/** A million records from Redis and from MongoDB, read, converted, written, and compared with their source. */
final class ImportRows {
    private static final String REDIS = "import of 1 M keys of Redis, compared";
    private static final String REDIS_MEMORY = "import of 1 M keys of Redis, memory";
    private static final String BSON = "import of 1 M documents of BSON, compared";
    private static final String BSON_MEMORY = "import of 1 M documents of BSON, memory";
    private static final double SECONDS = 60;
    private static final double MEGABYTES = 512;
    private static final int PIPELINE = 10_000;

    private final BenchDatabase database;
    private final int records;
    private final Path home;
    /** What the last run of a source took: its memory is measured with its time. */
    private final Map<String, Taken> last = new HashMap<>();

    private record Taken(double seconds, double megabytes) {}

    ImportRows(BenchDatabase database, BenchOptions options, Path home) {
        this.database = database;
        this.records = options.size(1_000_000, 100_000);
        this.home = home;
    }

    List<Section> sections() {
        return List.of(
                Section.expensive(() -> fromRedis(REDIS, "s", SECONDS, Taken::seconds), REDIS),
                Section.expensive(() -> fromRedis(REDIS_MEMORY, "MB", MEGABYTES, Taken::megabytes), REDIS_MEMORY),
                Section.expensive(() -> contest(BSON, "s", SECONDS, bson().toString(), Taken::seconds), BSON),
                Section.expensive(() -> contest(BSON_MEMORY, "MB", MEGABYTES, bson().toString(), Taken::megabytes),
                        BSON_MEMORY));
    }

    private Contest contest(String row, String unit, double goal, String source, ToDoubleFunction<Taken> value) {
        return new Contest(unit, true, row).in("data")
                .ours(() -> new double[]{value.applyAsDouble(taken(row, source))})
                .against("goal", 1, () -> new double[]{goal});
    }

    /** The row of memory takes what that of the time has measured, if it was measured. */
    private Taken taken(String row, String source) {
        boolean isMemory = row.equals(REDIS_MEMORY) || row.equals(BSON_MEMORY);
        var key = row.contains("Redis") ? REDIS : BSON;
        var known = Optional.ofNullable(isMemory ? last.get(key) : null);
        var taken = known.orElseGet(() -> run(source));
        last.put(key, taken);
        return taken;
    }

    private Taken run(String source) {
        var settings = database.fresh();
        try (var opened = Database.open(settings)) {
            new Migrator(opened, Migrations.ofModules("cache", "documents", "operations")).up();
        }
        try (var process = ImportProcess.start(settings)) {
            long begin = System.nanoTime();
            long written = process.ask(source).get("written").longValue();
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (written != records) {
                throw new IllegalStateException(written + " of " + records + " records were written");
            }
            return new Taken(seconds, ProcessRows.peakMegabytes(process.pid()));
        }
    }

    private Contest fromRedis(String row, String unit, double goal, ToDoubleFunction<Taken> value) {
        var empty = new Contest(unit, true, row);
        return RedisServer.startAsCache(home.resolve("redis")).map(server -> {
            fill(server);
            return contest(row, unit, goal, server.url(), value).afterwards(server::close);
        }).orElse(empty);
    }

    /** Strings of 100 bytes, a tenth each hashes and lists; every third expires some day. */
    private void fill(RedisServer server) {
        try (var jedis = new Jedis("127.0.0.1", server.port())) {
            for (int from = 0; from < records; from += PIPELINE) {
                try (var pipeline = jedis.pipelined()) {
                    for (int i = from; i < from + PIPELINE; i++) {
                        var key = "key:" + i;
                        switch (i % 10) {
                            case 0 -> pipeline.hset(key, Map.of("name", "Ada " + i, "mail", "ada@example.com"));
                            case 1 -> pipeline.rpush(key, "a" + i, "b", "c");
                            default -> pipeline.set(key, "value of key " + i + " " + "x".repeat(80));
                        }
                        if (i % 3 == 0) {
                            pipeline.expire(key, 86_400L + i);
                        }
                    }
                }
            }
        }
    }

    /** As mongodump writes a collection; written once. */
    private Path bson() {
        var directory = home.resolve("import-" + records);
        var file = directory.resolve("people.bson");
        if (Files.exists(file)) {
            return directory;
        }
        var codec = new BsonDocumentCodec();
        var part = directory.resolve("people.part");
        try {
            Files.createDirectories(directory);
            try (var out = new BufferedOutputStream(Files.newOutputStream(part))) {
                for (int i = 0; i < records; i++) {
                    var buffer = new BasicOutputBuffer();
                    codec.encode(new BsonBinaryWriter(buffer), document(i), EncoderContext.builder().build());
                    buffer.pipe(out);
                }
            }
            Files.move(part, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return directory;
    }

    private static BsonDocument document(int i) {
        return new BsonDocument("_id", new BsonObjectId(new ObjectId(1_700_000_000 + i / 1_000, i % 1_000)))
                .append("name", new BsonString("Person " + i)).append("age", new BsonInt32(i % 90))
                .append("visits", new BsonInt64(i * 1_000_000_007L)).append("score", new BsonDouble(i / 7.0))
                .append("active", BsonBoolean.valueOf(i % 2 == 0))
                .append("born", new BsonDateTime(i * 86_400_000L / 100))
                .append("tags", new BsonArray(List.of(new BsonString("a"), new BsonString("b" + i % 10))))
                .append("address", new BsonDocument("city", new BsonString("Berlin")).append("zip",
                        new BsonString("10" + i % 1000)));
    }
}
