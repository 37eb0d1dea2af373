package dev.howdah.bench;

import dev.howdah.postgres.Consistency;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.ReplicaStatus;
import dev.howdah.postgres.TestCluster;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads by way of replicas: that two processes see what they wrote, also across a failover, and what the way costs. */
final class RouterRows {
    private static final String STALE = "stale reads with a token, two processes";
    private static final String SHARE = "share of those reads that replicas answered";
    private static final String WAIT = "wait for a replica to have it, of those that waited, p99";
    private static final String READ = "read with a token, its wait included, p99";
    private static final String ACROSS = ", across a failover";
    private static final String FIRST_WRITE = "first write after kill -9 of the primary and promotion";
    private static final String OVERHEAD = "router's overhead on a read";
    /** Durable, and what was acknowledged is on the standby that is promoted. */
    private static final Map<String, String> SERVERS = Map.of("fsync", "on", "shared_buffers", "256MB");
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int BLOCKS = 40;

    private final BenchOptions options;
    private final int pairs;
    private @Nullable Pairs steady;
    private @Nullable Pairs failingOver;

    /** What both processes saw together. */
    private record Pairs(double stale, double staleControls, double share, double waitP99, double p99,
            double firstWrite) {}

    RouterRows(BenchOptions options) {
        this.options = options;
        this.pairs = options.size(1_000_000, 20_000);
    }

    List<Section> sections() {
        return List.of(
                Section.of(() -> stale(STALE, false), STALE),
                Section.of(() -> bound(SHARE, "", false, 0.8, false, Pairs::share), SHARE),
                Section.of(() -> bound(WAIT, "ms", true, 10, false, Pairs::waitP99), WAIT),
                Section.of(() -> bound(READ, "ms", true, 20, false, Pairs::p99), READ),
                Section.of(() -> stale(STALE + ACROSS, true), STALE + ACROSS),
                Section.of(() -> bound(SHARE + ACROSS, "", false, 0.8, true, Pairs::share), SHARE + ACROSS),
                Section.of(() -> bound(WAIT + ACROSS, "ms", true, 10, true, Pairs::waitP99), WAIT + ACROSS),
                Section.of(() -> bound(READ + ACROSS, "ms", true, 20, true, Pairs::p99), READ + ACROSS),
                Section.of(() -> bound(FIRST_WRITE, "s", true, 1, true, Pairs::firstWrite), FIRST_WRITE),
                Section.of(this::overhead, OVERHEAD));
    }

    private static Contest contest(String row, String unit, boolean lowerIsBetter) {
        return new Contest(unit, lowerIsBetter, row).in("operations");
    }

    private Contest stale(String row, boolean failover) {
        return contest(row, "reads", true).ours(() -> new double[]{run(failover).stale})
                .against("as many without a token", 0, () -> new double[]{run(failover).staleControls});
    }

    private Contest bound(String row, String unit, boolean lowerIsBetter, double goal, boolean failover,
            ToDoubleFunction<Pairs> value) {
        return contest(row, unit, lowerIsBetter).ours(() -> new double[]{value.applyAsDouble(run(failover))})
                .against("goal", 1, () -> new double[]{goal});
    }

    /** Once for all rows that come of it. */
    private Pairs run(boolean failover) {
        var known = failover ? failingOver : steady;
        if (known != null) {
            return known;
        }
        var made = pairs(failover);
        if (failover) {
            failingOver = made;
        } else {
            steady = made;
        }
        return made;
    }

    private Pairs pairs(boolean failover) {
        try (var cluster = TestCluster.start(failover ? 2 : 1, SERVERS);
                var database = Database.open(cluster.failoverSettings())) {
            new Migrator(database, Migrations.ofModules("postgres")).up();
            database.withHandle(handle -> handle.execute(RouterProcess.CREATE));
            if (failover) {
                cluster.primary().execute("ALTER SYSTEM SET synchronous_standby_names = 'standby0'");
                cluster.primary().execute("SELECT pg_reload_conf()");
            }
            try (var one = RouterProcess.start(cluster.failoverSettings(), cluster.replicas());
                    var other = RouterProcess.start(cluster.failoverSettings(), cluster.replicas());
                    var threads = Executors.newFixedThreadPool(2)) {
                int half = pairs / 2;
                var answer = threads.submit(() -> one.ask("0 " + half));
                var otherAnswer = threads.submit(() -> other.ask(half + " " + half));
                double firstWrite = failover ? failOver(cluster, database) : 0;
                return sum(answer.get(), otherAnswer.get(), firstWrite);
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static Pairs sum(JsonNode one, JsonNode other, double firstWrite) {
        ToDoubleFunction<String> both = name -> one.path(name).asDouble() + other.path(name).asDouble();
        double controls = both.applyAsDouble("controls"); // replicas answer them anyway: they do not count for the share
        double meant = both.applyAsDouble("meant");
        return new Pairs(both.applyAsDouble("stale"),
                both.applyAsDouble("staleControls") * (meant - controls) / controls,
                (both.applyAsDouble("byReplica") - controls) / (meant - controls), worse(one, other, "waitP99"),
                worse(one, other, "p99"), firstWrite);
    }

    private static double worse(JsonNode one, JsonNode other, String name) {
        return Math.max(one.path(name).asDouble(), other.path(name).asDouble());
    }

    /** In the middle of the pairs; seconds from the kill to the first write that is acknowledged after it. */
    private double failOver(TestCluster cluster, Database database) {
        while (count(database) < pairs / 2) {
            JavaPeer.sleep(LOOK);
        }
        long begin = System.nanoTime();
        cluster.primary().kill();
        cluster.standby(0).promote();
        while (!isWritten(database)) {
            JavaPeer.sleep(Duration.ofMillis(1));
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        cluster.standby(1).follow(cluster.standby(0));
        return seconds;
    }

    private static long count(Database database) {
        return database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM written").mapTo(Long.class)
                .one());
    }

    private static boolean isWritten(Database database) {
        try {
            return database.withHandle(handle -> handle.execute(RouterProcess.WRITE, -1)) == 1;
        } catch (HowdahException | JdbiException e) {
            return false;
        }
    }

    /** Against a pool that leads to the same replica. */
    private Contest overhead() {
        return contest(OVERHEAD, "µs", true).ours(() -> {
            try (var cluster = TestCluster.start(1, SERVERS);
                    var routed = Database.open(cluster.settings(), cluster.replicas());
                    var direct = Database.open(cluster.settings().at("jdbc:postgresql://" + cluster.standby(0).address()
                            + "/howdah", cluster.settings().user(), cluster.settings().password()))) {
                new Migrator(routed, Migrations.ofModules("postgres")).up();
                while (!routed.replicas().stream().allMatch(ReplicaStatus::isReady)) {
                    JavaPeer.sleep(LOOK);
                }
                return new double[]{overhead(routed, direct, options.size(2_000, 500))};
            }
        }).against("goal", 1, () -> new double[]{20});
    }

    /** By turns, so that the machine's noise meets both; the median of the differences. */
    private static double overhead(Database routed, Database direct, int reads) {
        var differences = new double[BLOCKS];
        for (int i = -BLOCKS / 4; i < BLOCKS; i++) { // the first ones are to get warm
            double ours = micros(reads, () -> Database.reading(Consistency.eventual(),
                    () -> routed.read(RouterRows::one)));
            double theirs = micros(reads, () -> direct.withHandle(RouterRows::one));
            if (i >= 0) {
                differences[i] = ours - theirs;
            }
        }
        Arrays.sort(differences);
        return Math.max(0, differences[BLOCKS / 2]);
    }

    private static int one(Handle handle) {
        return handle.createQuery("SELECT 1").mapTo(Integer.class).one();
    }

    private static double micros(int times, Runnable call) {
        long begin = System.nanoTime();
        for (int i = 0; i < times; i++) {
            call.run();
        }
        return (System.nanoTime() - begin) / 1e3 / times;
    }
}
