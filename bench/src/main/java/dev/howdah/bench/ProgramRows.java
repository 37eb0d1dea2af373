package dev.howdah.bench;

import dev.howdah.postgres.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import java.util.function.Supplier;

/** Workflows as code: steps against DBOS, and how much at once, how long, beside how much. */
final class ProgramRows {
    private static final String BENCH = "workflow";
    private static final String RATE = "steps/s";
    private static final int STEPS = 10;
    private static final int PICK_UPS = 200;
    private static final int FINISHED = 1_000_000;
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final String LOAD_FINISHED = """
        INSERT INTO workflow_executions (id, workflow_id, workflow_version, status, output, created_at, started_at,
                                         completed_at)
        SELECT (lpad(to_hex((extract(epoch FROM now() - interval '1 hour') * 1000)::bigint), 12, '0') || '70008'
                 || lpad(to_hex(n), 15, '0'))::uuid, 'chain', 0, 'completed', '10', now() - interval '1 hour',
               now() - interval '1 hour', now() - interval '1 hour'
          FROM generate_series(1, current_setting('bench.rows')::bigint) AS n;
        INSERT INTO execution_events (execution_id, sequence, event_type, node_id, data)
        SELECT id, sequence, CASE sequence WHEN 1 THEN 'workflow_started' WHEN 12 THEN 'workflow_completed'
                                           ELSE 'step_completed' END,
               CASE WHEN sequence BETWEEN 2 AND 11 THEN 's' || sequence - 2 END,
               CASE WHEN sequence BETWEEN 2 AND 11 THEN '{"output": null}'::jsonb END
          FROM workflow_executions
         CROSS JOIN generate_series(1, 12) AS sequence
        """;
    private static final String SUSPENDED = """
        SELECT count(*)
          FROM tasks
         WHERE NOT ready
        """;

    private final BenchDatabase database;
    private final BenchOptions options;

    ProgramRows(BenchDatabase database, BenchOptions options) {
        this.database = database;
        this.options = options;
    }

    List<Section> sections() {
        return List.of(
                Section.of(() -> callers(16, 5, 4000), "10-step workflows, 16 callers"),
                Section.of(() -> callers(64, 20, 8000), "10-step workflows, 64 callers"),
                Section.of(this::lone, "a lone caller's 10-step workflow"),
                Section.of(() -> bound("pick-up of a queued workflow, p50", "ms", 5, this::pickUp),
                        "pick-up of a queued workflow, p50"),
                Section.of(() -> bound("burst of 60,000 workflows, all with their first step", "s", 15, this::burst),
                        "burst of 60,000 workflows, all with their first step"),
                Section.of(this::longOne, "a workflow of 100,000 steps, last tenth"),
                Section.expensive(this::besideFinished, "10-step workflows, 64 callers, beside 1 M finished"),
                Section.expensive(this::waiting, "100,000 waiting on timers, CPU",
                        "100,000 waiting on timers, memory"));
    }

    private static Contest bound(String row, String unit, double most, Supplier<double[]> measure) {
        return new Contest(unit, true, row).in(BENCH).ours(measure).against("goal", 1, () -> new double[]{most});
    }

    private Contest callers(int callers, double goal, int workflows) {
        return new Contest(RATE, false, "10-step workflows, " + callers + " callers").in(BENCH)
                .ours(() -> rate(settings -> new ProgramsPeer(settings).started(), callers, workflows * 4))
                .against(DbosPeer.NAME, goal, () -> rate(DbosPeer::new, callers, workflows / 4));
    }

    private double[] rate(Function<DatabaseSettings, WorkflowPeer> make, int callers, int full) {
        int count = options.size(full, full / 4);
        try (var peer = make.apply(database.fresh())) {
            run(peer, count / 2, callers); // warm
            database.vacuum();
            return new double[]{count * STEPS / run(peer, count, callers)};
        }
    }

    /** Seconds. */
    private static double run(WorkflowPeer peer, int count, int callers) {
        var left = new AtomicInteger(count);
        var done = new CountDownLatch(callers);
        long begin = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            Thread.ofPlatform().start(() -> {
                try {
                    while (left.getAndDecrement() > 0) {
                        peer.run(STEPS);
                    }
                } finally {
                    done.countDown();
                }
            });
        }
        await(done);
        if (left.get() > -callers) {
            throw new IllegalStateException("a caller ended early");
        }
        return seconds(begin);
    }

    private Contest lone() {
        return new Contest("ms", true, "a lone caller's 10-step workflow").in(BENCH)
                .ours(() -> loneMillis(settings -> new ProgramsPeer(settings).started()))
                .against(DbosPeer.NAME, 0.7, () -> loneMillis(DbosPeer::new));
    }

    private double[] loneMillis(Function<DatabaseSettings, WorkflowPeer> make) {
        try (var peer = make.apply(database.fresh())) {
            int count = options.size(400, 200);
            run(peer, count * 2, 1); // warm
            var times = new double[count];
            for (int i = 0; i < count; i++) {
                long begin = System.nanoTime();
                peer.run(STEPS);
                times[i] = seconds(begin) * 1000;
            }
            return new double[]{median(times)};
        }
    }

    /** Started by one that runs nothing, until its first step begins in another one; they share only the database. */
    private double[] pickUp() {
        var settings = database.fresh();
        try (var runs = new ProgramsPeer(settings).started(); var starts = new ProgramsPeer(settings)) {
            var begun = new Semaphore(0);
            var at = new AtomicLongArray(1);
            runs.onStep(step -> {
                at.set(0, System.nanoTime());
                begun.release();
            });
            JavaPeer.sleep(SETTLE);
            var times = new double[PICK_UPS];
            for (int i = 0; i < PICK_UPS; i++) {
                JavaPeer.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextLong(3, 40)));
                long begin = System.nanoTime();
                starts.start(1);
                begun.acquireUninterruptibly();
                times[i] = (at.get(0) - begin) / 1e6;
            }
            return new double[]{median(times)};
        }
    }

    private double[] burst() {
        int count = 60_000;
        try (var peer = new ProgramsPeer(database.fresh()).started()) {
            run(peer, 1000, 16); // warm
            var first = new CountDownLatch(count);
            peer.onStep(step -> {
                if (step == 1) {
                    first.countDown(); // the second begins: the first is durable
                }
            });
            var left = new AtomicInteger(count);
            long begin = System.nanoTime();
            for (int i = 0; i < 64; i++) {
                Thread.ofVirtual().start(() -> {
                    while (left.getAndDecrement() > 0) {
                        peer.start(2);
                    }
                });
            }
            await(first);
            return new double[]{seconds(begin)};
        }
    }

    private Contest longOne() {
        int steps = options.size(100_000, 20_000);
        var tenths = new double[2];
        return new Contest(RATE, false, "a workflow of 100,000 steps, last tenth").in(BENCH)
                .ours(() -> {
                    var passed = new AtomicLongArray(11);
                    try (var peer = new ProgramsPeer(database.fresh()).started()) {
                        run(peer, 1000, 1); // warm
                        peer.onStep(step -> {
                            if (step % (steps / 10) == 0) {
                                passed.set(step / (steps / 10), System.nanoTime());
                            }
                        });
                        peer.run(steps);
                    }
                    passed.set(10, System.nanoTime());
                    tenths[0] = steps / 10.0 / (passed.get(1) - passed.get(0)) * 1e9;
                    tenths[1] = steps / 10.0 / (passed.get(10) - passed.get(9)) * 1e9;
                    return new double[]{tenths[1]};
                })
                .against("itself, first tenth", 0.9, () -> new double[]{tenths[0]});
    }

    private Contest besideFinished() {
        var aside = database.aside("finished");
        var loaded = new boolean[1];
        int callers = 64;
        int count = options.size(20_000, 5000);
        Supplier<double[]> ours = () -> {
            if (!loaded[0]) {
                new ProgramsPeer(aside.fresh()).close(); // makes the tables
                aside.execute(LOAD_FINISHED, Map.of("rows", options.size(FINISHED, FINISHED / 10)));
                aside.vacuum();
                aside.checkpoint();
                loaded[0] = true;
            }
            try (var peer = new ProgramsPeer(aside.settings()).started()) {
                run(peer, count / 2, callers);
                return new double[]{count * STEPS / run(peer, count, callers)};
            }
        };
        return new Contest(RATE, false, "10-step workflows, 64 callers, beside 1 M finished").in(BENCH).ours(ours)
                .against("itself, without", 0.8, () -> {
                    try (var peer = new ProgramsPeer(database.fresh()).started()) {
                        run(peer, count / 2, callers);
                        return new double[]{count * STEPS / run(peer, count, callers)};
                    }
                })
                .afterwards(aside::drop);
    }

    /** A process that has nothing but these to wait for; percent of a core over half a minute. */
    private Contest waiting() {
        return new Contest("% or MB", true, "100,000 waiting on timers, CPU", "100,000 waiting on timers, memory")
                .in(BENCH)
                .ours(this::waitingCost)
                .against("goal", 1, () -> new double[]{2, 512});
    }

    private double[] waitingCost() {
        int count = options.size(100_000, 20_000);
        var settings = database.fresh();
        try (var process = start(settings); var starts = new ProgramsPeer(settings)) {
            var left = new AtomicInteger(count);
            for (int i = 0; i < 64; i++) {
                Thread.ofVirtual().start(() -> {
                    while (left.getAndDecrement() > 0) {
                        starts.startNap(24);
                    }
                });
            }
            while (database.number(SUSPENDED) < count) {
                JavaPeer.sleep(LOOK);
            }
            JavaPeer.sleep(SETTLE);
            var before = cpuMillis(process.pid());
            JavaPeer.sleep(IDLE);
            double percent = (cpuMillis(process.pid()) - before) / 10.0 / IDLE.toSeconds();
            double megabytes = status(process.pid(), "VmRSS:") / 1024.0;
            process.kill();
            return new double[]{percent, megabytes};
        }
    }

    private static LineProcess start(DatabaseSettings settings) {
        new ProgramsPeer(settings).close(); // makes the tables
        return ProgramProcess.start(settings);
    }

    private static double cpuMillis(long pid) {
        return ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration()).orElseThrow().toMillis();
    }

    private static double status(long pid, String name) {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith(name)).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", ""))).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double median(double[] values) {
        return Arrays.stream(values).sorted().toArray()[values.length / 2];
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
