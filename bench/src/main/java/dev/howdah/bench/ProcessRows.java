package dev.howdah.bench;

import dev.howdah.queue.NewTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** What a worker in a process of its own must keep to: recovery after kill -9, memory, quiet while idle. */
final class ProcessRows {
    private static final int IN_HAND = 1000;
    private static final double RECOVERY_GOAL_SECONDS = 20;
    private static final Duration RECOVERY_LIMIT = Duration.ofMinutes(2);
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration SETTLE = Duration.ofSeconds(3);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int TASKS = 100_000;
    private static final int KIB = 1024;
    private static final double MEMORY_GOAL_MB = 300;
    private static final double IDLE_GOAL = 1;
    private static final String STATEMENTS = """
        SELECT sum(calls)
          FROM public.pg_stat_statements
         WHERE query NOT LIKE '%pg_stat_statements%'
        """;

    private final BenchDatabase database;

    ProcessRows(BenchDatabase database) {
        this.database = database;
    }

    List<Section> sections() {
        return List.of(
                Section.expensive(() -> bound("kill -9 with 1,000 in hand, until all run again", "s",
                        RECOVERY_GOAL_SECONDS, this::recovery),
                        "kill -9 with 1,000 in hand, until all run again"),
                memory("worker's peak memory, 100,000 tasks of 1 KiB, default heap"),
                memory("worker's peak memory, 100,000 tasks of 1 KiB, -Xmx200m", "-Xmx200m"),
                Section.expensive(() -> bound("idle worker, statements per second", "/s", IDLE_GOAL,
                        this::idleStatements), "idle worker, statements per second"));
    }

    private static Contest bound(String row, String unit, double most, Supplier<double[]> measure) {
        return new Contest(unit, true, row).ours(measure).against("goal", 1, () -> new double[]{most});
    }

    private Section memory(String row, String... jvmOptions) {
        return Section.expensive(() -> bound(row, "MB", MEMORY_GOAL_MB, () -> peakMemory(jvmOptions)), row);
    }

    /** Seconds from the death of a process that holds a thousand tasks until all of them run in another one. */
    private double[] recovery() {
        var settings = database.fresh();
        try (var peer = new HowdahPeer(settings); var doomed = WorkerProcess.start(settings)) {
            peer.enqueueMany(IN_HAND);
            doomed.ask("hold");
            awaitHeld(doomed);
            try (var heir = WorkerProcess.start(settings)) {
                heir.ask("hold");
                JavaPeer.sleep(SETTLE);
                long begin = System.nanoTime();
                doomed.kill();
                awaitHeld(heir);
                double seconds = (System.nanoTime() - begin) / 1e9;
                heir.kill(); // its handlers never end
                return new double[]{seconds};
            }
        }
    }

    private static void awaitHeld(LineProcess worker) {
        int held = 0;
        for (long left = RECOVERY_LIMIT.dividedBy(LOOK); left > 0; left--) {
            held = worker.ask("held").get("tasks").intValue();
            if (held == IN_HAND) {
                return;
            }
            JavaPeer.sleep(LOOK);
        }
        throw new IllegalStateException(held + " of " + IN_HAND + " tasks run after " + RECOVERY_LIMIT
                + "; the others are lost or run twice");
    }

    private double[] peakMemory(String... jvmOptions) {
        var settings = database.fresh();
        var text = "x".repeat(KIB);
        try (var peer = new HowdahPeer(settings, number -> NewTask.of(TaskQueuePeer.TYPE,
                JsonMapper.shared().createObjectNode().put("n", number).put("text", text)))) {
            peer.enqueueMany(TASKS);
        }
        try (var worker = WorkerProcess.start(settings, jvmOptions)) {
            worker.ask("drain " + TASKS);
            return new double[]{peakMegabytes(worker.pid())};
        }
    }

    /** The largest resident set that the process has had. */
    static double peakMegabytes(long pid) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:")).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", ""))).orElseThrow() / 1024.0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that the server was asked, with BEGIN and COMMIT. */
    private double[] idleStatements() {
        var settings = database.fresh();
        try (var worker = WorkerProcess.start(settings); var connection = database.connect()) {
            worker.ask("listen");
            try (var statement = connection.createStatement()) {
                statement.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA public");
            }
            JavaPeer.sleep(SETTLE);
            double before = statements(connection);
            JavaPeer.sleep(IDLE);
            return new double[]{(statements(connection) - before) / IDLE.toSeconds()};
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double statements(Connection connection) throws SQLException {
        try (var statement = connection.createStatement(); var rows = statement.executeQuery(STATEMENTS)) {
            rows.next();
            return rows.getDouble(1);
        }
    }
}
