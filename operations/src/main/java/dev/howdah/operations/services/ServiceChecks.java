package dev.howdah.operations.services;

import dev.howdah.operations.services.ServiceStatus.State;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseHealth;
import dev.howdah.postgres.HowdahException;
import dev.howdah.queue.Workers;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.JdbiException;

/** Looks at every service, all at once, each within a few seconds. Changes nothing. */
public final class ServiceChecks {
    static final String PGVECTOR = """
        SELECT COALESCE((SELECT extversion FROM pg_extension WHERE extname = 'vector'), '')
        """;

    /** Workers that were heard of in the last two minutes; the others are still listed for a while, but were killed. */
    static final String WORKERS = """
        SELECT count(*)
          FROM workers
         WHERE seen_at > now() - interval '2 min'
        """;

    /** Whether a table is there and may be read, and about how many rows it has. */
    static final String TABLE = """
        SELECT to_regclass(:table) IS NOT NULL AS there,
               COALESCE(has_table_privilege(to_regclass(:table)::oid, 'SELECT'), false) AS readable,
               COALESCE((SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(:table)::oid), -1) AS estimate
        """;

    private final Database database;
    private final ServiceTargets targets;
    private final RemoteServices remote = new RemoteServices();

    public ServiceChecks(Database database, ServiceTargets targets) {
        this.database = database;
        this.targets = targets;
    }

    /** One line for each service, always in the same order. */
    public List<ServiceStatus> check() throws InterruptedException {
        var health = database.health();
        var probes = new ArrayList<Callable<ServiceStatus>>();
        probes.add(() -> database(health));
        probes.add(() -> health.isUp() ? pgvector() : unknown("pgvector", false));
        probes.add(() -> remote.server(targets.server()));
        if (!targets.isQueueInRedis()) {
            probes.add(() -> health.isUp() ? workers() : unknown("queue workers", false));
        }
        probes.add(() -> health.isUp() ? table("cache", "cache_entries") : unknown("cache", true));
        probes.add(() -> health.isUp() ? table("documents", "documents") : unknown("documents", true));
        probes.add(() -> health.isUp() ? table("sessions", "sessions") : unknown("sessions", true));
        targets.weaviate().ifPresent(url -> probes.add(() -> remote.weaviate(url, targets.weaviateKey())));
        targets.redis().ifPresent(url -> probes.add(() -> remote.redis(url, targets.isQueueInRedis())));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = new ArrayList<ServiceStatus>();
            for (var status : threads.invokeAll(probes)) {
                statuses.add(answer(status));
            }
            return List.copyOf(statuses);
        }
    }

    private static ServiceStatus answer(Future<ServiceStatus> status) throws InterruptedException {
        try {
            return status.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a check failed that catches what it expects", e);
        }
    }

    private static ServiceStatus unknown(String name, boolean isRequired) {
        return new ServiceStatus(name, State.DOWN, isRequired, Duration.ZERO, "", "is in the database, which is down",
                "start the database first");
    }

    private static ServiceStatus database(DatabaseHealth health) {
        var state = switch (health.status()) {
            case OK -> State.OK;
            case DEGRADED -> State.DEGRADED;
            case DOWN -> State.DOWN;
        };
        return new ServiceStatus("database", state, true, health.latency(), health.version(),
                health.isUp() ? "PostgreSQL" : "does not answer", health.error());
    }

    private ServiceStatus pgvector() {
        return timed("pgvector", false, () -> {
            var version = database.withHandle(handle -> handle.createQuery(PGVECTOR).mapTo(String.class).one());
            return new Found(State.OK, version, version.isEmpty()
                    ? "not there and not needed: vectors are searched exactly, in this process"
                    : "vectors are searched in the database", "");
        });
    }

    private ServiceStatus workers() {
        return timed("queue workers", false, () -> {
            long running = database.withHandle(handle -> handle.createQuery(WORKERS).mapTo(Long.class).one());
            var unserved = new Workers(database).unserved();
            if (running == 0) {
                return new Found(State.DEGRADED, "", "none was heard of lately; tasks wait",
                        "start one with: howdah worker, or howdah up");
            }
            return unserved.isEmpty()
                    ? new Found(State.OK, "", running + " were heard of lately", "")
                    : new Found(State.DEGRADED, "", running + " were heard of lately, but none takes \""
                            + unserved.getFirst().type() + "\", which waits in " + unserved.getFirst().queue(),
                            "start a worker that has a handler for it; the tasks are kept");
        });
    }

    private record TableFacts(boolean there, boolean readable, long estimate) {}

    private ServiceStatus table(String name, String table) {
        return timed(name, true, () -> {
            var facts = database.withHandle(handle -> handle.createQuery(TABLE).bind("table", table)
                    .map((row, context) -> new TableFacts(row.getBoolean("there"), row.getBoolean("readable"),
                            row.getLong("estimate")))
                    .one());
            if (!facts.there) {
                return new Found(State.DOWN, "", "the table " + table + " is not there",
                        "make it with: howdah migrate up");
            }
            return facts.readable
                    ? new Found(State.OK, "", facts.estimate < 0 ? "there" : "about " + facts.estimate + " rows", "")
                    : new Found(State.DOWN, "", "the table " + table + " may not be read",
                            "grant the role its rights, or name another role in POSTGRES_USER");
        });
    }

    /** What a look found. */
    record Found(State state, String version, String detail, String remedy) {}

    private static ServiceStatus timed(String name, boolean isRequired, Callable<Found> look) {
        long start = System.nanoTime();
        try {
            var found = look.call();
            return new ServiceStatus(name, found.state, isRequired, Duration.ofNanos(System.nanoTime() - start),
                    found.version, found.detail, found.remedy);
        } catch (HowdahException e) {
            return new ServiceStatus(name, State.DOWN, isRequired, Duration.ZERO, "", e.problem(), e.remedy());
        } catch (JdbiException e) {
            return new ServiceStatus(name, State.DOWN, isRequired, Duration.ZERO, "", "its tables are not there",
                    "make them with: howdah migrate up");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether a required service is down. */
    public static boolean isDown(List<ServiceStatus> statuses) {
        return statuses.stream().anyMatch(status -> status.isRequired() && status.state() == State.DOWN);
    }

    /** The address without user, password, path and query. */
    static String shown(URI url) {
        return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }
}
