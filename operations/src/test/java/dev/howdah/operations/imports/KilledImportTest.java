package dev.howdah.operations.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports whose processes are killed go on where they were and lose nothing. */
class KilledImportTest {
    private static final int RECORDS = 30_000;
    private static final ImportSettings SETTINGS = Running.settings().withBatch(100, 1 << 20);

    @TempDir
    Path directory;
    private final Running running = Running.start(SETTINGS);
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void close() {
        processes.forEach(Process::destroyForcibly);
        running.close();
    }

    @Test
    void anImportOfJsonIsKilledAgainAndAgain() throws Exception {
        var file = directory.resolve("many.ndjson");
        try (var out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < RECORDS; i++) {
                out.write("{\"number\": " + i + "}\n");
            }
        }
        var plan = plan(file.toString());
        killed(file.toString(), "SELECT count(*) FROM documents");
        var done = running.imports.run(plan.withMode(ImportPlan.Mode.RESUME), ImportProgress.NONE);
        assertThat(done.state()).isEqualTo(ImportState.FINISHED);
        assertThat(done.report().written()).isEqualTo(RECORDS);
        assertThat(number("SELECT count(DISTINCT data -> 'number') FROM documents")).isEqualTo(RECORDS);
        assertThat(number("SELECT count(*) FROM documents")).isEqualTo(RECORDS);
        assertThat(running.imports.list(Optional.empty(), 10)).as("always the same import").hasSize(1);
    }

    @Test
    void anImportOfRedisIsKilledAgainAndAgain() throws Exception {
        try (var redis = RedisProcess.start()) {
            try (var client = redis.client(); var pipeline = client.pipelined()) {
                for (int i = 0; i < RECORDS; i++) {
                    pipeline.set("key:" + i, "value " + i);
                }
                pipeline.sync();
            }
            killed(redis.url(), "SELECT count(*) FROM cache_entries");
            var done = running.imports.run(plan(redis.url()), ImportProgress.NONE);
            assertThat(done.state()).isEqualTo(ImportState.FINISHED);
            assertThat(number("SELECT count(*) FROM cache_entries")).isEqualTo(RECORDS);
            assertThat(done.report().checks()).singleElement().extracting(ImportReport.Check::targetCount).isEqualTo(
                    (long) RECORDS);
            assertThat(running.imports.list(Optional.empty(), 10)).hasSize(1);
        }
    }

    private void killed(String source, String count) throws Exception {
        var random = new Random(4711);
        for (int kills = 0; kills < 3; kills++) {
            var process = start(source);
            long until = number(count) + 1000 + random.nextInt(3000);
            await().atMost(Duration.ofSeconds(60)).until(() -> number(count) >= until);
            process.destroyForcibly().waitFor();
            assertThat(running.imports.list(Optional.empty(), 10)).singleElement().extracting(Import::state).isEqualTo(
                    ImportState.RUNNING);
        }
        assertThat(number(count)).isLessThan(RECORDS);
    }

    @Test
    void twoProcessesDoNotRunOneImport() throws Exception {
        var file = Files.writeString(directory.resolve("two.ndjson"), "{\"_id\": 1}\n{\"_id\": 2}\n");
        var plan = plan(file.toString());
        assertThatThrownBy(() -> running.imports.run(plan, step -> {
            assertThatThrownBy(() -> Running.on(running.database, SETTINGS.withLease(Duration.ofMillis(100))).imports
                    .run(plan, ImportProgress.NONE)).isInstanceOf(ConflictException.class)
                    .hasMessageContaining("another process");
            throw new ConflictException("enough", "enough", "");
        })).hasMessage("enough");
    }

    private static ImportPlan plan(String source) {
        return source.startsWith("redis:")
                ? ImportPlan.of(new ImportSource.Redis(source, List.of()), ImportTarget.cache("all"))
                : ImportPlan.of(new ImportSource.Json(Path.of(source), Optional.empty()), ImportTarget.collections("",
                        DuplicatePolicy.FAIL));
    }

    private long number(String sql) {
        return running.database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private Process start(String source) throws Exception {
        var settings = running.database.settings();
        var process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx200m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                KilledImportTest.class.getName(), settings.url(), settings.user(), settings.password(),
                settings.schema(), source).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(process);
        return process;
    }

    /** A process that imports, to be killed. */
    public static void main(String[] args) throws InterruptedException {
        var database = Database.open(DatabaseSettings.of(args[0], args[1], args[2], args[3]).withPool(8, 0));
        var done = Running.on(database, SETTINGS).imports.run(plan(args[4]), step -> {
            for (long end = System.nanoTime() + 20_000_000; System.nanoTime() < end;) {
                Thread.onSpinWait(); // slowly, so that it is killed in the middle
            }
        });
        throw new IllegalStateException("it was not killed: " + done.state());
    }
}
