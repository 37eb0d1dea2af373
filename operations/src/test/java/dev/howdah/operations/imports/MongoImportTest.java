package dev.howdah.operations.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.IndexOptions;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonDocumentWriter;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MongoDB, live (by a server of its wire protocol) and from the files of mongodump. */
class MongoImportTest {
    /** A value of each type that a document may hold. */
    private static final String ALL_TYPES = """
        {"_id": {"$oid": "0123456789abcdef01234567"}, "double": {"$numberDouble": "1.5"},
         "wholeDouble": {"$numberDouble": "5.0"}, "minusZero": {"$numberDouble": "-0.0"},
         "nan": {"$numberDouble": "NaN"}, "infinite": {"$numberDouble": "-Infinity"},
         "tiny": {"$numberDouble": "4.9E-324"}, "huge": {"$numberDouble": "1.7976931348623157E308"},
         "string": "Grüße \\uD83D\\uDC18", "object": {"a": {"b": {"$numberInt": "1"}}},
         "array": [{"$numberInt": "1"}, "two", [{"$numberLong": "3"}], {}],
         "binary": {"$binary": {"base64": "AAEC/w==", "subType": "00"}},
         "uuid": {"$binary": {"base64": "ASNFZ4mrze8BI0VniavN7w==", "subType": "04"}},
         "oid": {"$oid": "ffffffffffffffffffffffff"}, "true": true, "false": false, "null": null,
         "date": {"$date": {"$numberLong": "1500000000123"}}, "early": {"$date": {"$numberLong": "-62135596800001"}},
         "late": {"$date": {"$numberLong": "9223372036854775807"}},
         "regex": {"$regularExpression": {"pattern": "^a/b", "options": "im"}},
         "code": {"$code": "function() {}"},
         "scoped": {"$code": "f", "$scope": {"x": {"$numberInt": "1"}}}, "symbol": {"$symbol": "s"},
         "int": {"$numberInt": "-2147483648"}, "smallLong": {"$numberLong": "7"},
         "long": {"$numberLong": "9007199254740993"}, "min": {"$numberLong": "-9223372036854775808"},
         "decimal": {"$numberDecimal": "1234567890.123456789012345678901234"},
         "decimalCohort": {"$numberDecimal": "1.20E+3"}, "decimalNan": {"$numberDecimal": "NaN"},
         "timestamp": {"$timestamp": {"t": 4294967295, "i": 1}}, "minKey": {"$minKey": 1},
         "maxKey": {"$maxKey": 1}, "undefined": {"$undefined": true},
         "pointer": {"$dbPointer": {"$ref": "db.c", "$id": {"$oid": "0123456789abcdef01234567"}}},
         "emptyName": {"": {"$numberInt": "1"}}, "dotted.name": {"$numberInt": "2"}}
        """;

    @TempDir
    Path directory;
    private final Running running = Running.start();

    @AfterEach
    void close() {
        running.close();
    }

    @Test
    void keepsEveryTypeOfAFile() throws Exception {
        var document = BsonDocument.parse(ALL_TYPES);
        var file = Files.write(directory.resolve("types.bson"), bson(document));
        var done = run(new ImportSource.MongoFiles(file, List.of()),
                ImportTarget.collections("", DuplicatePolicy.FAIL));
        assertThat(done.state()).as(String.valueOf(done.report())).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().rejected()).isZero();
        var stored = running.documents.collection("types").get("$oid:0123456789abcdef01234567").orElseThrow();
        var given = BsonJson.read(bson(document));
        assertThat(BsonDocument.parse(given.toString())).as("read as the driver reads it").isEqualTo(document);
        assertThat(Values.parse(Values.denormalise(stored.stored(), Values.Format.CANONICAL).toString())).isEqualTo(
                Values.parse(given.toString()));
    }

    @Test
    void everyTypeIsFoundToDifferFromEveryOther() {
        var fields = Values.parseObject(ALL_TYPES);
        var sums = fields.propertyStream().map(field -> Checksums.of(field.getValue())).toList();
        assertThat(sums).doesNotHaveDuplicates();
        assertThat(Checksums.of(Values.parse("{\"a\": 1, \"b\": 2}"))).isEqualTo(Checksums.of(Values.parse(
                "{\"b\": {\"$numberInt\": \"2\"}, \"a\": 1}")));
    }

    @Test
    void importsADatabaseThatRuns() throws Exception {
        try (var mongo = new Mongo()) {
            var database = mongo.client.getDatabase("shop");
            var people = database.getCollection("people", BsonDocument.class);
            for (int i = 0; i < 2500; i++) {
                people.insertOne(new BsonDocument("_id", i % 3 == 0 ? new BsonInt32(i) : new BsonString("id" + i))
                        .append("email", new BsonString(i + "@example.org")));
            }
            people.createIndex(new BsonDocument("email", new BsonInt32(1)), new IndexOptions().unique(true));
            database.getCollection("types", BsonDocument.class).insertOne(BsonDocument.parse("""
                {"_id": {"$numberDouble": "1.5"}, "d": {"$numberDecimal": "1.10"}, "n": {"$numberLong": "5"},
                 "at": {"$date": {"$numberLong": "1"}}, "re": {"$regularExpression": {"pattern": "a", "options": ""}}}
                """));
            var small = Running.on(running.database, Running.settings().withBatch(400, 1 << 20));
            var done = small.imports.run(plan(mongo.source(), ImportTarget.collections("old-", DuplicatePolicy.FAIL)),
                    ImportProgress.NONE);
            assertThat(done.state()).as(String.valueOf(done.report())).isEqualTo(ImportState.FINISHED);
            assertThat(done.report().checks()).extracting(ImportReport.Check::target).containsExactly(
                    "documents old-people", "documents old-types");
            assertThat(done.report().written()).isEqualTo(2501);
            assertThat(done.report().indexes()).singleElement().extracting(ImportReport.Index::outcome).isEqualTo(
                    "declared");
            assertThat(running.documents.collection("old-people").indexes()).hasSize(1);
            assertThat(running.documents.collection("old-types").get("$number:1.5")).isPresent();
        }
    }

    @Test
    void goesOnBehindTheLastIdWhateverItsType() throws Exception {
        try (var mongo = new Mongo()) {
            var mixed = mongo.client.getDatabase("shop").getCollection("mixed", BsonDocument.class);
            for (int i = 0; i < 300; i++) {
                mixed.insertOne(new BsonDocument("_id", new BsonInt32(i)));
                mixed.insertOne(new BsonDocument("_id", new BsonString("s" + i)));
                mixed.insertOne(new BsonDocument("_id", new BsonDocument("a", new BsonInt32(i))));
                mixed.insertOne(new BsonDocument("_id", new BsonBinary(new byte[]{(byte) (i >> 8), (byte) i})));
            }
            var small = Running.on(running.database, Running.settings().withBatch(50, 1 << 20));
            var target = ImportTarget.collections("", DuplicatePolicy.FAIL);
            for (int stops = 0; stops < 12; stops++) {
                int after = stops * 2 + 1;
                var steps = new int[1];
                assertThatThrownBy(() -> small.imports.run(plan(mongo.source(), target), step -> {
                    if (++steps[0] == Math.min(2, after)) {
                        throw new UnavailableException("stopped", "stopped on purpose", "", null);
                    }
                })).hasMessageContaining("on purpose");
            }
            var done = small.imports.run(plan(mongo.source(), target), ImportProgress.NONE);
            assertThat(done.state()).isEqualTo(ImportState.FINISHED);
            assertThat(done.report().written()).isEqualTo(1200);
            assertThat(rows("SELECT count(*) FROM documents")).isEqualTo(1200);
            assertThat(running.imports.list(Optional.empty(), 10)).hasSize(1);
        }
    }

    @Test
    void stopsWhenMongoIsGoneAndCanGoOn() throws Exception {
        var mongo = new Mongo();
        var address = mongo.server.getLocalAddress();
        try {
            var people = mongo.client.getDatabase("shop").getCollection("people", BsonDocument.class);
            for (int i = 0; i < 3000; i++) {
                people.insertOne(new BsonDocument("_id", new BsonInt32(i)));
            }
            var small = Running.on(running.database, Running.settings().withBatch(100, 1 << 20).withRetries(0,
                    java.time.Duration.ofMillis(1)));
            var isGone = new AtomicBoolean();
            assertThatThrownBy(() -> small.imports.run(plan(mongo.source(), ImportTarget.collections("",
                    DuplicatePolicy.FAIL)), step -> {
                        if (isGone.compareAndSet(false, true)) {
                            mongo.close();
                        }
                    })).isInstanceOf(UnavailableException.class).hasMessageContaining("goes on where it was");
            var stopped = running.imports.list(Optional.empty(), 1).getFirst();
            assertThat(stopped.state()).isEqualTo(ImportState.STOPPED);
            assertThat(stopped.source()).contains(Integer.toString(address.getPort()));
        } finally {
            mongo.close();
        }
    }

    @Test
    void readsADumpWithIndexesAndCompression() throws Exception {
        var dump = Files.createDirectories(directory.resolve("dump/shop"));
        Files.write(dump.resolve("people.bson"), documents(0, 1000));
        Files.write(dump.resolve("orders.bson.gz"), gzip(documents(0, 500)));
        Files.write(dump.resolve("system.views.bson"), documents(0, 1));
        Files.writeString(dump.resolve("people.metadata.json"), """
            {"options": {}, "indexes": [{"v": {"$numberInt": "2"}, "key": {"_id": {"$numberInt": "1"}}, "name": "_id_"},
             {"v": 2, "key": {"name": 1, "age": -1}, "name": "name_1_age_-1"},
             {"v": 2, "key": {"text": "text"}, "name": "words"},
             {"v": 2, "key": {"at": 1}, "name": "at_1", "expireAfterSeconds": 60}]}
            """);
        var done = run(new ImportSource.MongoFiles(directory.resolve("dump"), List.of()), ImportTarget.collections("",
                DuplicatePolicy.FAIL));
        assertThat(done.state()).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().written()).isEqualTo(1500);
        assertThat(done.report().checks()).hasSize(2).allMatch(ImportReport.Check::isEqual);
        assertThat(done.report().indexes()).extracting(ImportReport.Index::name, ImportReport.Index::outcome)
                .containsExactly(tuple("name_1_age__1", "declared"), tuple("words",
                        "an index of kind text does not exist here"),
                        tuple("at_1", "documents do not expire; delete them by a schedule"));
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return new org.assertj.core.groups.Tuple(values);
    }

    @Test
    void readsAnArchiveWhoseCollectionsAlternate() throws Exception {
        var archive = new ByteArrayOutputStream();
        archive.write(number(ArchiveReader.MAGIC));
        archive.write(bson(BsonDocument.parse("{\"version\": \"0.1\", \"concurrent_collections\": 2}")));
        for (var name : List.of("people", "orders")) {
            archive.write(bson(BsonDocument.parse("{\"db\": \"shop\", \"collection\": \"" + name
                    + "\", \"metadata\": \"{\\\"indexes\\\": [{\\\"key\\\": {\\\"a\\\": 1}, \\\"name\\\": \\\"a_1\\\"}]}\"}")));
        }
        archive.write(number(BsonStream.TERMINATOR));
        for (int i = 0; i < 4; i++) {
            block(archive, i % 2 == 0 ? "people" : "orders", documents(i * 100, 100), false);
        }
        var truncated = archive.toByteArray();
        block(archive, "people", new byte[0], true);
        block(archive, "orders", new byte[0], true);
        var file = Files.write(directory.resolve("shop.archive.gz"), gzip(archive.toByteArray()));
        var done = run(new ImportSource.MongoFiles(file, List.of()),
                ImportTarget.collections("", DuplicatePolicy.FAIL));
        assertThat(done.state()).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().checks()).hasSize(2).allMatch(check -> check.isEqual() && check.sourceCount() == 200);
        assertThat(done.report().indexes()).hasSize(2).allMatch(index -> index.outcome().equals("declared"));
        var half = Files.write(directory.resolve("half.archive"), truncated);
        assertThatThrownBy(() -> run(new ImportSource.MongoFiles(half, List.of()), ImportTarget.collections("x",
                DuplicatePolicy.FAIL))).isInstanceOf(InvalidInputException.class).hasMessageContaining("truncated");
    }

    private static void block(ByteArrayOutputStream archive, String collection, byte[] documents, boolean isEnd)
            throws IOException {
        archive.write(bson(BsonDocument.parse("{\"db\": \"shop\", \"collection\": \"" + collection + "\", \"EOF\": "
                + isEnd + ", \"CRC\": {\"$numberLong\": \"0\"}}")));
        archive.write(documents);
        archive.write(number(BsonStream.TERMINATOR));
    }

    @Test
    void refusesWhatIsNoBsonOrEndsTooEarly() throws Exception {
        var whole = documents(0, 100);
        var files = Map.of("truncated", Arrays.copyOf(whole, whole.length - 7), "text",
                "{\"this\": \"is JSON\"}".getBytes(StandardCharsets.UTF_8), "shifted", Arrays.copyOfRange(whole, 1,
                        whole.length));
        for (var entry : files.entrySet()) {
            var file = Files.write(directory.resolve(entry.getKey() + ".bson"), entry.getValue());
            assertThatThrownBy(() -> run(new ImportSource.MongoFiles(file, List.of()), ImportTarget.collections("",
                    DuplicatePolicy.FAIL))).as(entry.getKey()).isInstanceOfSatisfying(InvalidInputException.class,
                            e -> assertThat(e.code()).isEqualTo("import-source-damaged"));
        }
    }

    @Test
    void documentsThatCannotBeStoredStandInTheQuarantine() throws Exception {
        var out = new ByteArrayOutputStream();
        out.write(documents(0, 2));
        out.write(bson(
                new BsonDocument("_id", new BsonInt32(100)).append("large", new BsonString("x".repeat(20 << 20)))));
        out.write(bson(new BsonDocument("_id", new BsonInt32(101)).append("nul", new BsonString("a\0b"))));
        out.write(bson(new BsonDocument("_id", new BsonInt32(102)).append("$odd", new BsonInt64(1))));
        var badText = bson(new BsonDocument("_id", new BsonInt32(103)).append("text", new BsonString("abcd")));
        badText[badText.length - 4] = (byte) 0xff;
        out.write(badText);
        out.write(documents(2, 2));
        var file = Files.write(directory.resolve("mixed.bson"), out.toByteArray());
        var done = run(new ImportSource.MongoFiles(file, List.of()),
                ImportTarget.collections("", DuplicatePolicy.FAIL));
        assertThat(done.state()).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().written()).isEqualTo(4);
        assertThat(done.report().rejected()).isEqualTo(4);
        assertThat(Files.readAllLines(directory.resolve("rejected.ndjson"))).hasSize(4)
                .anyMatch(line -> line.contains("bytes, more than")).anyMatch(line -> line.contains("U+0000"))
                .anyMatch(line -> line.contains("$odd")).anyMatch(line -> line.contains("not UTF-8"));
    }

    private static byte[] documents(int first, int count) throws IOException {
        var out = new ByteArrayOutputStream();
        for (int i = first; i < first + count; i++) {
            out.write(bson(new BsonDocument("_id", new BsonInt32(i)).append("name", new BsonString("name" + i)).append(
                    "big", new BsonInt64(i))));
        }
        return out.toByteArray();
    }

    private static byte[] bson(BsonDocument document) {
        var copy = new BsonDocument();
        new BsonDocumentCodec().encode(new BsonDocumentWriter(copy), document, org.bson.codecs.EncoderContext.builder()
                .build());
        var buffer = new RawBsonDocument(copy, new BsonDocumentCodec()).getByteBuffer();
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zipped = new GZIPOutputStream(out)) {
            zipped.write(bytes);
        }
        return out.toByteArray();
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

    /** A server in memory. */
    private static final class Mongo implements AutoCloseable {
        private final MongoServer server = new MongoServer(new MemoryBackend());
        private final String url = server.bindAndGetConnectionString();
        private final MongoClient client = MongoClients.create(url);

        ImportSource source() {
            return new ImportSource.Mongo(url, Optional.of("shop"), List.of());
        }

        @Override
        public void close() {
            client.close();
            server.shutdownNow();
        }
    }
}
