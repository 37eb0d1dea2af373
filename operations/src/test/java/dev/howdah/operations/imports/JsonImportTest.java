package dev.howdah.operations.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.value.Values;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of JSON in all forms. */
class JsonImportTest {
    @TempDir
    Path directory;
    private final Running running = Running.start();

    @AfterEach
    void close() {
        running.close();
    }

    @Test
    void readsArraysLinesSequencesDirectoriesAndCompression() throws Exception {
        var files = Files.createDirectories(directory.resolve("files/below"));
        Files.writeString(directory.resolve("files/array.json"), "[{\"_id\": 1}, {\"_id\": 2,\n \"x\": [1.10]}]");
        Files.writeString(directory.resolve("files/lines.ndjson"), "\uFEFF{\"_id\": 3}\r\n\n{\"_id\": 4}");
        Files.writeString(directory.resolve("files/sequence.json"), "{\n \"_id\": 5\n}\n{\"_id\": 6}");
        Files.writeString(directory.resolve("files/notes.txt"), "no JSON");
        Files.write(files.resolve("packed.jsonl.gz"), gzip("{\"_id\": 7}\n{\"_id\": 8}\n"));
        Files.writeString(files.resolve("empty.json"), "");
        var done = run(directory.resolve("files"), ImportTarget.collection("all", DuplicatePolicy.FAIL));
        assertThat(done.state()).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().written()).isEqualTo(8);
        var stored = running.documents.collection("all").get("$number:2").orElseThrow();
        assertThat(stored.stored().data()).isEqualTo(Values.parse("{\"_id\": 2, \"x\": [1.1]}"));
        var named = run(directory.resolve("files"), ImportTarget.collections("by-", DuplicatePolicy.FAIL));
        assertThat(named.report().checks()).extracting(ImportReport.Check::target).containsExactly("documents by-array",
                "documents by-lines", "documents by-packed", "documents by-sequence");
    }

    @Test
    void readsWhatMongoexportWrites() throws Exception {
        var file = Files.writeString(directory.resolve("export.json"),
                """
                    {"_id":{"$oid":"0123456789abcdef01234567"},"at":{"$date":"2020-01-01T00:00:00Z"},"n":1,"d":1.5,"l":3000000000}
                    {"_id":{"$oid":"0123456789abcdef01234568"},"at":{"$date":{"$numberLong":"0"}},"n":{"$numberLong":"1"}}
                    {"_id":{"$uuid":"01234567-89ab-cdef-0123-456789abcdef"},"at":{"$date":"2020-01-01T00:00:00.5+0100"}}
                    """);
        var done = run(file, ImportTarget.collections("", DuplicatePolicy.FAIL));
        assertThat(done.state()).as(String.valueOf(done.report())).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().written() + done.report().rejected()).isEqualTo(3);
        assertThat(running.documents.collection("export").get("$oid:0123456789abcdef01234567")).isPresent();
    }

    @Test
    void badLinesCostOnlyThemselves() throws Exception {
        var out = new ByteArrayOutputStream();
        out.write("{\"_id\": 1}\n{broken\n".getBytes(StandardCharsets.UTF_8));
        out.write(new byte[]{'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}', '\n'});
        out.write("[1, 2]\n{\"a\": 1, \"a\": 2}\n{\"s\": \"\\u0000\"}\n{\"x\": {\"$oid\": \"short\"}}\n".getBytes(
                StandardCharsets.UTF_8));
        out.write(("{\"deep\": " + "[".repeat(300) + "]".repeat(300) + "}\n").getBytes(StandardCharsets.UTF_8));
        out.write(("{\"large\": \"" + "x".repeat(20 << 20) + "\"}\n").getBytes(StandardCharsets.UTF_8));
        out.write("{\"_id\": 2}\n".getBytes(StandardCharsets.UTF_8));
        var file = Files.write(directory.resolve("bad.ndjson"), out.toByteArray());
        var done = run(file, ImportTarget.collections("", DuplicatePolicy.FAIL));
        assertThat(done.state()).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().written()).isEqualTo(2);
        assertThat(done.report().rejected()).isEqualTo(8);
        var lines = Files.readAllLines(directory.resolve("rejected.ndjson")).stream().map(Values::parse).toList();
        assertThat(lines).extracting(line -> line.path("place").asString()).containsExactly("bad.ndjson:2",
                "bad.ndjson:3", "bad.ndjson:4", "bad.ndjson:5", "bad.ndjson:6", "bad.ndjson:7", "bad.ndjson:8",
                "bad.ndjson:9");
        assertThat(lines.get(1).path("reason").asString()).contains("not UTF-8");
        assertThat(lines.get(7).path("reason").asString()).contains("bytes, more than");
        assertThat(lines).allMatch(line -> line.path("content").asString().length() < 5000);
    }

    @Test
    void anArrayThatEndsTooEarlyIsRefused() throws Exception {
        var file = Files.writeString(directory.resolve("cut.json"), "[{\"_id\": 1}, {\"_id\": 2}");
        assertThatThrownBy(() -> run(file, ImportTarget.collections("", DuplicatePolicy.FAIL)))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("cut.json");
        var zipped = Files.write(directory.resolve("cut.json.gz"),
                java.util.Arrays.copyOf(gzip("[1]".repeat(1000)), 20));
        assertThatThrownBy(() -> run(zipped, ImportTarget.collections("", DuplicatePolicy.FAIL)))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("truncated");
        assertThatThrownBy(() -> run(directory.resolve("none.json"), ImportTarget.collections("",
                DuplicatePolicy.FAIL))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void idsComeFromTheFieldThatIsNamedOrFromThePlace() throws Exception {
        var file = Files.writeString(directory.resolve("people.ndjson"), """
            {"email": "ada@example.org"}
            {"name": "nobody"}
            """);
        var source = new ImportSource.Json(file, Optional.of("email"));
        var done = running.imports.run(plan(source, ImportTarget.collection("named", DuplicatePolicy.FAIL)),
                ImportProgress.NONE);
        assertThat(done.report().written()).isEqualTo(1);
        assertThat(done.report().rejected()).isEqualTo(1);
        assertThat(running.documents.collection("named").get("ada@example.org")).isPresent();
        run(file, ImportTarget.collection("placed", DuplicatePolicy.FAIL));
        var again = run(file, ImportTarget.collection("placed", DuplicatePolicy.SKIP));
        assertThat(again.report().skipped()).isEqualTo(2);
        assertThat(rows("SELECT count(*) FROM documents")).isEqualTo(3);
    }

    @Test
    void aTakenIdIsSkippedReplacedOrAnError() throws Exception {
        var target = ImportTarget.collection("people", DuplicatePolicy.FAIL);
        run(Files.writeString(directory.resolve("one.ndjson"), "{\"_id\": 1, \"v\": \"old\"}\n"), target);
        var two = Files.writeString(directory.resolve("two.ndjson"),
                "{\"_id\": 1, \"v\": \"new\"}\n{\"_id\": 2, \"v\": \"a\"}\n{\"_id\": 2, \"v\": \"b\"}\n");
        assertThatThrownBy(() -> run(two, target)).isInstanceOf(ConflictException.class).hasMessageContaining(
                "--duplicates");
        assertThat(rows("SELECT count(*) FROM documents")).isEqualTo(1);
        var skipped = run(two, ImportTarget.collection("people", DuplicatePolicy.SKIP));
        assertThat(skipped.report().skipped()).isEqualTo(2);
        assertThat(value(1)).isEqualTo("old");
        assertThat(value(2)).isEqualTo("a");
        var replaced = run(two, ImportTarget.collection("people", DuplicatePolicy.REPLACE));
        assertThat(replaced.state()).isEqualTo(ImportState.FINISHED);
        assertThat(value(1)).isEqualTo("new");
        assertThat(value(2)).isEqualTo("b");
        assertThat(rows("SELECT count(*) FROM document_changes WHERE operation = 'replace'")).isPositive();
    }

    private String value(int id) {
        return running.documents.collection("people").get("$number:" + id).orElseThrow().stored().data().path("v")
                .asString();
    }

    @Test
    void resumingAsksForSomethingToResume() throws Exception {
        var file = Files.writeString(directory.resolve("a.ndjson"), "{\"_id\": 1}\n");
        var plan = plan(new ImportSource.Json(file, Optional.empty()), ImportTarget.collections("",
                DuplicatePolicy.FAIL));
        assertThatThrownBy(() -> running.imports.run(plan.withMode(ImportPlan.Mode.RESUME), ImportProgress.NONE))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> running.imports.get(new UUID(0, 0))).isInstanceOf(NotFoundException.class);
    }

    private ImportPlan plan(ImportSource source, ImportTarget target) {
        return ImportPlan.of(source, target).withQuarantine(directory.resolve("rejected.ndjson"));
    }

    private Import run(Path path, ImportTarget target) throws InterruptedException {
        return running.imports.run(plan(new ImportSource.Json(path, Optional.empty()), target), ImportProgress.NONE);
    }

    private long rows(String sql) {
        return running.database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private static byte[] gzip(String text) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zipped = new GZIPOutputStream(out)) {
            zipped.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}
