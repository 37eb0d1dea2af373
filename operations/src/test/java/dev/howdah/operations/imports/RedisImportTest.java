package dev.howdah.operations.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.cache.Cache;
import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Ttl;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.SetParams;

/** Redis, live and from snapshots, against a real server. */
class RedisImportTest {
    private static final byte[] BINARY = {0, (byte) 0xff, (byte) 0xfe, '%', '_'};
    private static RedisProcess redis;

    @TempDir
    Path directory;
    private final Running running = Running.start();
    private Jedis client;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start("--enable-debug-command", "yes");
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void connect() {
        client = redis.client();
        client.flushAll();
    }

    @AfterEach
    void close() {
        client.close();
        running.close();
    }

    @Test
    void keepsEveryTypeAndEncodingLive() throws Exception {
        fill();
        var done = run(live(), ImportTarget.cache("all"));
        checkAll(done);
        assertThat(done.kind()).isEqualTo("redis");
    }

    @Test
    void keepsEveryTypeAndEncodingFromASnapshot() throws Exception {
        fill();
        client.save();
        checkAll(run(new ImportSource.RedisFile(redis.snapshot(), List.of()), ImportTarget.cache("all")));
    }

    @Test
    void readsASnapshotThatIsCompressed() throws Exception {
        fill();
        client.save();
        var file = Files.write(directory.resolve("dump.rdb.gz"), gzip(Files.readAllBytes(redis.snapshot())));
        checkAll(run(new ImportSource.RedisFile(file, List.of(0)), ImportTarget.cache("all")));
    }

    private void fill() {
        client.set("text", "Grüße");
        client.set("number", "42");
        client.set("not:number", "007");
        client.set("large:number", "9223372036854775808");
        client.set("empty", "");
        client.set(BINARY, BINARY);
        client.set("long", "x".repeat(100_000));
        client.hset("hash:small", Map.of("name", "Ada", "age", "36"));
        client.hset("hash:$names".getBytes(StandardCharsets.UTF_8), Map.of(BINARY, BINARY));
        for (int i = 0; i < 1000; i++) {
            client.hset("hash:large", "field" + i, "value" + i);
            client.rpush("list:large", "element" + i);
            client.sadd("set:ints", Integer.toString(i));
            client.sadd("set:texts", "member" + i);
            client.zadd("zset:large", i / 2.0, "member" + i);
        }
        client.rpush("list:small".getBytes(StandardCharsets.UTF_8), "a".getBytes(StandardCharsets.UTF_8), BINARY);
        client.sadd("set:small", "1", "2", "3");
        client.zadd("zset:small", Map.of("a", 1.5, "b", Double.NEGATIVE_INFINITY, "c", 1e300));
        client.xadd("stream:orders", StreamEntryID.NEW_ENTRY, Map.of("k", "v"));
        client.hset("spring:session:sessions:1", Map.of("creationTime", "1"));
        client.set("ends", "later", SetParams.setParams().px(3_600_000));
        client.set("ends:soon", "gone", SetParams.setParams().px(1));
    }

    private void checkAll(Import done) {
        assertThat(done.state()).as(String.valueOf(done.error())).isEqualTo(ImportState.FINISHED);
        var report = done.report();
        assertThat(report.rejected()).isZero();
        assertThat(report.unsupported()).containsEntry("stream", new ImportReport.Found(1, List.of("stream:******")));
        assertThat(report.notes()).containsEntry("spring-session", new ImportReport.Found(1, List.of(
                "spring:*******:********:*")));
        assertThat(report.checks()).singleElement().matches(ImportReport.Check::isEqual)
                .extracting(ImportReport.Check::targetCount).isEqualTo(report.written());
        var cache = running.caches.open("all");
        assertThat(cache.get("text")).contains(CacheValue.text("Grüße"));
        assertThat(cache.get("number")).contains(CacheValue.number(42));
        assertThat(cache.get("not:number")).contains(CacheValue.text("007"));
        assertThat(cache.get("large:number")).contains(CacheValue.text("9223372036854775808"));
        assertThat(cache.get("empty")).contains(CacheValue.text(""));
        assertThat(cache.get(CacheKey.of(BINARY))).contains(CacheValue.bytes(BINARY));
        assertThat(cache.get("long").orElseThrow().size()).isEqualTo(100_000);
        assertThat(json(cache, "hash:small")).isIn("{\"name\":\"Ada\",\"age\":\"36\"}",
                "{\"age\":\"36\",\"name\":\"Ada\"}");
        assertThat(json(cache, "hash:$names")).isEqualTo("{\"$pairs\":[[{\"$binary\":{\"base64\":\"AP/+JV8=\","
                + "\"subType\":\"00\"}},{\"$binary\":{\"base64\":\"AP/+JV8=\",\"subType\":\"00\"}}]]}");
        assertThat(json(cache, "list:small")).isEqualTo(
                "[\"a\",{\"$binary\":{\"base64\":\"AP/+JV8=\",\"subType\":\"00\"}}]");
        assertThat(json(cache, "set:small")).contains("\"1\"", "\"2\"", "\"3\"");
        assertThat(json(cache, "zset:small")).isEqualTo(
                "[[\"b\",{\"$numberDouble\":\"-Infinity\"}],[\"a\",1.5],[\"c\",1.0E300]]");
        assertThat(cache.get("hash:large").orElseThrow().json().size()).isEqualTo(1000);
        assertThat(cache.get("list:large").orElseThrow().json().path(999).asString()).isEqualTo("element999");
        assertThat(cache.get("set:ints").orElseThrow().json().size()).isEqualTo(1000);
        assertThat(cache.get("set:texts").orElseThrow().json().size()).isEqualTo(1000);
        assertThat(cache.get("zset:large").orElseThrow().json().path(3).path(1).asDouble()).isEqualTo(1.5);
        assertThat(cache.get("stream:orders")).isEmpty();
        assertThat(cache.get("ends:soon")).isEmpty();
        assertThat(cache.ttl(CacheKey.of("text"))).contains(Ttl.NEVER);
        assertThat(cache.ttl(CacheKey.of("ends")).orElseThrow()).isInstanceOfSatisfying(Ttl.After.class,
                ttl -> assertThat(ttl.time()).isBetween(Duration.ofMinutes(55), Duration.ofMinutes(60)));
        assertThat(rows("SELECT count(*) FROM import_records")).isZero();
    }

    @Test
    void importingAgainReplacesAndStaysTheSame() throws Exception {
        for (int i = 0; i < 3000; i++) {
            client.set("key:" + i, "value " + i);
        }
        run(live(), ImportTarget.cache("all"));
        client.set("key:1", "another value");
        var again = run(live(), ImportTarget.cache("all"));
        assertThat(again.state()).isEqualTo(ImportState.FINISHED);
        assertThat(again.report().written()).isEqualTo(3000);
        assertThat(running.caches.open("all").get("key:1")).contains(CacheValue.text("another value"));
        assertThat(rows("SELECT count(*) FROM cache_entries")).isEqualTo(3000);
        assertThat(running.imports.list(Optional.empty(), 10)).hasSize(2).first().extracting(Import::id)
                .isEqualTo(again.id());
    }

    @Test
    void severalDatabasesHaveCachesOfTheirOwn() throws Exception {
        client.set("key", "zero");
        client.select(3);
        client.set("key", "three");
        var done = run(new ImportSource.Redis(redis.url(), List.of(0, 3)), ImportTarget.cache("many"));
        assertThat(done.report().checks()).hasSize(2).allMatch(ImportReport.Check::isEqual);
        assertThat(running.caches.open("many").get("key")).contains(CacheValue.text("zero"));
        assertThat(running.caches.open("many-3").get("key")).contains(CacheValue.text("three"));
        var one = run(new ImportSource.Redis(redis.url(), List.of(3)), ImportTarget.cache("one"));
        assertThat(one.report().written()).isEqualTo(1);
        assertThat(running.caches.open("one").get("key")).contains(CacheValue.text("three"));
    }

    @Test
    void whatIsNoStringMayBecomeDocuments() throws Exception {
        fill();
        var target = new ImportTarget(Optional.of("strings"), Optional.of("others"), "", DuplicatePolicy.REPLACE);
        var done = run(live(), target);
        assertThat(done.state()).as(String.valueOf(done.report())).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().rejected()).isZero();
        assertThat(running.caches.open("strings").get("text")).contains(CacheValue.text("Grüße"));
        var others = running.documents.collection("others");
        var hash = others.get("hash:small").orElseThrow().stored().data();
        assertThat(hash.path("type").asString()).isEqualTo("hash");
        assertThat(hash.path("value").path("name").asString()).isEqualTo("Ada");
        assertThat(others.get("hash:$names").orElseThrow().stored().data().path("pairs").size()).isEqualTo(1);
        assertThat(others.get("zset:small").orElseThrow().stored().data().path("value").path(1).path(1).asDouble())
                .isEqualTo(1.5);
        var all = run(live(), ImportTarget.collection("all", DuplicatePolicy.REPLACE));
        assertThat(all.state()).isEqualTo(ImportState.FINISHED);
        assertThat(running.documents.collection("all").get("ends").orElseThrow().stored().data().path("expires_at")
                .has("$date")).isTrue();
        assertThat(running.documents.collection("all").estimate()).isNotNegative();
    }

    @Test
    void whatIsTooLargeStandsInTheQuarantine() throws Exception {
        client.set("large:1", "x".repeat(2 << 20));
        client.set("k".repeat(3000), "key of 3000 bytes");
        client.set("good", "kept");
        var done = run(live(), ImportTarget.cache("all"));
        assertThat(done.state()).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().rejected()).isEqualTo(2);
        assertThat(done.report().written()).isEqualTo(1);
        assertThat(Files.readAllLines(directory.resolve("rejected.ndjson"))).hasSize(2)
                .anyMatch(line -> line.contains("large:1") && line.contains("howdah.cache.value-max"))
                .anyMatch(line -> line.contains("3000 bytes"));
    }

    @Test
    void aDryRunWritesNothing() throws Exception {
        fill();
        var report = running.imports.dryRun(plan(live(), ImportTarget.cache("all")), ImportProgress.NONE);
        assertThat(report.read()).isGreaterThan(15);
        assertThat(report.types()).containsKeys("string", "hash", "list", "set", "zset", "stream");
        assertThat(report.unsupported()).containsKey("stream");
        assertThat(rows("SELECT count(*) FROM cache_entries")).isZero();
        assertThat(running.imports.list(Optional.empty(), 10)).isEmpty();
    }

    @Test
    void damagedSnapshotsAreRefusedBeforeAnythingIsWritten() throws Exception {
        fill();
        client.save();
        var whole = Files.readAllBytes(redis.snapshot());
        var flipped = whole.clone();
        flipped[whole.length / 2] ^= 1;
        var files = Map.of("truncated", java.util.Arrays.copyOf(whole, whole.length / 2), "magic",
                "MAGIC0011 nothing".getBytes(StandardCharsets.UTF_8), "flipped", flipped, "empty", new byte[0]);
        for (var entry : files.entrySet()) {
            var file = Files.write(directory.resolve(entry.getKey() + ".rdb"), entry.getValue());
            assertThatThrownBy(() -> run(new ImportSource.RedisFile(file, List.of()), ImportTarget.cache("all")))
                    .as(entry.getKey()).isInstanceOfSatisfying(InvalidInputException.class, e -> assertThat(e.code())
                            .isEqualTo("import-source-damaged"));
        }
        assertThat(rows("SELECT count(*) FROM cache_entries")).isZero();
        assertThat(running.imports.list(Optional.empty(), 10)).allMatch(stopped -> stopped
                .state() == ImportState.STOPPED);
    }

    @Test
    void goesOnWhenRedisComesBackAndStopsWhenItDoesNot() throws Exception {
        try (var own = RedisProcess.start()) {
            try (var filling = own.client(); var pipeline = filling.pipelined()) {
                for (int i = 0; i < 20_000; i++) {
                    pipeline.set("key:" + i, "value " + i);
                }
                pipeline.sync();
                filling.save();
            }
            var small = Running.on(running.database, Running.settings().withBatch(500, 1 << 20));
            var isKilled = new AtomicBoolean();
            var source = new ImportSource.Redis(own.url(), List.of());
            assertThatThrownBy(() -> small.imports.run(plan(source, ImportTarget.cache("all")), step -> {
                if (isKilled.compareAndSet(false, true)) {
                    own.kill();
                }
            })).isInstanceOf(UnavailableException.class).hasMessageContaining("cannot be reached");
            var stopped = small.imports.list(Optional.empty(), 1).getFirst();
            assertThat(stopped.state()).isEqualTo(ImportState.STOPPED);
            assertThat(stopped.error().orElseThrow()).contains("cannot be reached");
            assertThat(stopped.report().written()).isPositive();
            own.restart();
            var done = small.imports.run(plan(source, ImportTarget.cache("all")).withMode(ImportPlan.Mode.RESUME),
                    ImportProgress.NONE);
            assertThat(done.id()).isEqualTo(stopped.id());
            assertThat(done.state()).isEqualTo(ImportState.FINISHED);
            assertThat(rows("SELECT count(*) FROM cache_entries")).isEqualTo(20_000);
            assertThat(done.report().checks()).singleElement().extracting(ImportReport.Check::sourceCount)
                    .isEqualTo(20_000L);
        }
    }

    @Test
    void aRowThatIsChangedMeanwhileIsFound() throws Exception {
        client.set("key:1", "one");
        client.set("key:2", "two");
        client.set("key:3", "three");
        var isDone = new AtomicBoolean();
        var done = running.imports.run(plan(live(), ImportTarget.cache("all")), step -> {
            if (step.phase().equals("read") && isDone.compareAndSet(false, true)) {
                running.database.withHandle(handle -> handle.execute("""
                    UPDATE cache_entries SET value = 'changed' WHERE key = 'key:2'
                    """) + handle.execute("DELETE FROM cache_entries WHERE key = 'key:3'"));
            }
        });
        assertThat(done.state()).isEqualTo(ImportState.DIFFERENT);
        var check = done.report().checks().getFirst();
        assertThat(check.sourceChecksum()).isNotEqualTo(check.targetChecksum());
        assertThat(check.sourceCount()).isEqualTo(3);
        assertThat(check.targetCount()).isEqualTo(2);
        assertThat(check.examples()).containsExactly("key:* has another content", "key:* is missing");
    }

    @Test
    void passwordsAreNeitherStoredNorShown() throws Exception {
        try (var own = RedisProcess.start("--requirepass", "s3cret", "--user", "reader", "on", ">pa55", "~*", "+@read",
                "+@connection", "+info", "+dbsize", "+memory")) {
            try (var filling = own.client()) {
                filling.auth("s3cret");
                filling.set("key", "value");
            }
            var url = own.url().replace("://", "://reader:pa55@");
            var source = new ImportSource.Redis(url, List.of());
            assertThat(source.toString()).doesNotContain("pa55");
            var done = run(source, ImportTarget.cache("all"));
            assertThat(done.report().written()).isEqualTo(1);
            assertThat(done.source()).doesNotContain("pa55").contains("127.0.0.1");
            assertThatThrownBy(() -> run(new ImportSource.Redis(own.url().replace("://", "://reader:wr0ng@"),
                    List.of()), ImportTarget.cache("all"))).isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("refuses us").hasMessageNotContaining("wr0ng");
        }
    }

    private static String json(Cache cache, String key) {
        return cache.get(key).orElseThrow().json().toString();
    }

    private static ImportSource live() {
        return new ImportSource.Redis(redis.url(), List.of());
    }

    private ImportPlan plan(ImportSource source, ImportTarget target) {
        return ImportPlan.of(source, target).withQuarantine(directory.resolve("rejected.ndjson"));
    }

    private Import run(ImportSource source, ImportTarget target) throws InterruptedException {
        return running.imports.run(plan(source, target), ImportProgress.NONE);
    }

    private long rows(String sql) {
        return running.database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zipped = new GZIPOutputStream(out)) {
            zipped.write(bytes);
        }
        return out.toByteArray();
    }
}
