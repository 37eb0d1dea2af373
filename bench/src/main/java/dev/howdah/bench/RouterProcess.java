package dev.howdah.bench;

import dev.howdah.postgres.Consistency;
import dev.howdah.postgres.ConsistencyToken;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.ReplicaSettings;
import dev.howdah.postgres.ReplicaStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jdbi.v3.core.JdbiException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes and reads what it wrote in a process of its own; each line of stdin is {@code FIRST COUNT}, the numbers to write. A call
 * that fails because a server is gone is made again: what counts is what was acknowledged.
 */
final class RouterProcess {
    /** The name under which the benchmark's program runs one. */
    static final String NAME = "router";

    static final String CREATE = "CREATE TABLE written (n integer PRIMARY KEY)";
    static final String WRITE = "INSERT INTO written (n) VALUES (?) ON CONFLICT DO NOTHING";
    static final String READ = "SELECT n FROM written WHERE n = :n";
    /** Of each process: with more, what is measured is how long two cores take to come to a thread. */
    private static final int THREADS = 4;
    /** Of so many pairs one is read without its token, too. */
    private static final int CONTROL_EVERY = 20;
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final List<String> SETTINGS = List.of("BENCH_URL", "BENCH_USER", "BENCH_PASSWORD", "BENCH_SCHEMA",
            "BENCH_REPLICAS");

    private RouterProcess() {}

    /** Starts one from the archive that we run from. */
    static LineProcess start(DatabaseSettings settings, ReplicaSettings replicas) {
        var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m", "-XX:+UseSerialGC", "-jar", System.getProperty("java.class.path"), NAME);
        builder.environment().putAll(Map.of(SETTINGS.get(0), settings.url(), SETTINGS.get(1), settings.user(),
                SETTINGS.get(2), settings.password(), SETTINGS.get(3), settings.schema(), SETTINGS.get(4),
                String.join(",", replicas.addresses())));
        return new LineProcess(builder);
    }

    static int serve() {
        var given = SETTINGS.stream().map(name -> System.getenv().getOrDefault(name, "")).toList();
        var settings = DatabaseSettings.of(given.get(0), given.get(1), given.get(2), given.get(3));
        try (var database = Database.open(settings, ReplicaSettings.of(given.get(4).split(",", -1)));
                var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                awaitReady(database);
                var numbers = line.split(" ", 2);
                System.out.println(pairs(database, Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1])));
            }
        } catch (IOException e) {
            return 1; // whoever started it is gone
        }
        return 0;
    }

    private static void awaitReady(Database database) {
        while (!database.replicas().stream().allMatch(ReplicaStatus::isReady)) {
            JavaPeer.sleep(PAUSE);
        }
    }

    private static String pairs(Database database, int first, int count) {
        var stale = new LongAdder();
        var controls = new LongAdder();
        var staleControls = new LongAdder();
        var millis = new double[count];
        Load.each(THREADS, count, i -> {
            int n = first + i;
            untilDone(() -> database.withHandle(handle -> handle.execute(WRITE, n)));
            if (i % CONTROL_EVERY == 0) {
                controls.increment();
                staleControls.add(untilDone(() -> has(database, Consistency.eventual(), n)) ? 0 : 1);
            }
            var text = untilDone(() -> database.token().orElseThrow().text()); // as it would cross processes
            var token = ConsistencyToken.parse(text).orElseThrow();
            long begin = System.nanoTime();
            stale.add(untilDone(() -> has(database, Consistency.session(token), n)) ? 0 : 1);
            millis[i] = (System.nanoTime() - begin) / 1e6;
        });
        var routing = database.routing();
        return JsonMapper.shared().createObjectNode().put("stale", stale.sum()).put("controls", controls.sum())
                .put("staleControls", staleControls.sum()).put("p99", Load.percentile(millis, 0.99))
                .put("waitP99", routing.waitP99().toNanos() / 1e6)
                .put("byReplica", routing.replica() + routing.waited() - routing.repeated())
                .put("meant", routing.replica() + routing.waited() + routing.fallback() + routing.diverted()
                        + routing.shed())
                .toString();
    }

    private static boolean has(Database database, Consistency consistency, int n) {
        return Database.reading(consistency, () -> database.read(handle -> handle.createQuery(READ).bind("n", n)
                .mapTo(Integer.class).findOne().isPresent()));
    }

    private static <T> T untilDone(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (HowdahException | JdbiException e) {
                JavaPeer.sleep(PAUSE); // failing over
            }
        }
    }
}
