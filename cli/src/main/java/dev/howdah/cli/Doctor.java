package dev.howdah.cli;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseHealth;
import dev.howdah.postgres.HowdahException;
import dev.howdah.queue.Workers;
import dev.howdah.server.Howdah;
import dev.howdah.server.HowdahSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.JdbiException;

/** Examines an installation: what is well, what is not, and what to do about it. Changes nothing. */
final class Doctor {
    static final String DATABASE_FACTS = """
        SELECT current_setting('server_version_num')::int AS version_number,
               current_setting('max_connections')::int AS connections_max,
               (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
               pg_is_in_recovery() AS standby,
               (SELECT count(*) FROM pg_stat_replication) AS replicas,
               (SELECT coalesce(extract(epoch FROM max(replay_lag)), 0) FROM pg_stat_replication) AS lag_seconds
        """;
    static final String EXTENSIONS = """
        SELECT name || ' ' || coalesce(installed_version, default_version || ' (not created)')
          FROM pg_available_extensions
         WHERE name IN ('vector', 'pg_stat_statements', 'pg_trgm')
         ORDER BY name
        """;
    private static final int VERSION_MIN = 15;
    private static final int VERSION_MAX = 18;
    private static final long DISK_DOWN = 256L << 20;
    private static final long DISK_DEGRADED = 2L << 30;
    private static final Duration SNAPSHOT_DEGRADED = Duration.ofMinutes(10);
    private static final long DEAD_DEGRADED = 1_000_000;
    private static final Duration WAIT_DEGRADED = Duration.ofMinutes(5);
    private static final double LAG_DEGRADED_SECONDS = 30;

    private final HowdahSettings settings;
    private final List<Check> checks = new ArrayList<>();

    Doctor(HowdahSettings settings) {
        this.settings = settings;
    }

    /** In order of severity. */
    enum Status {
        OK, DEGRADED, DOWN
    }

    /**
     * One finding.
     *
     * @param remedy what to do; empty when ok
     */
    record Check(String name, Status status, String detail, String remedy) {}

    private record Facts(int versionNumber, int connectionsMax, int connections, boolean standby, int replicas,
            double lagSeconds) {}

    /** All findings. Without a database, those that need none. */
    List<Check> examine() {
        disk();
        if (settings.embedded() && !Files.exists(settings.home().resolve("data"))) {
            add("database", Status.DOWN, "there is no embedded database in " + settings.home() + " yet",
                    "make and start it with: ./howdah up");
            return checks;
        }
        try (var howdah = Howdah.open(settings)) {
            database(howdah);
        } catch (HowdahException e) {
            add("database", Status.DOWN, e.problem(), e.remedy());
        }
        return checks;
    }

    private void database(Howdah howdah) {
        var health = howdah.database().health();
        if (!health.isUp()) {
            add("database", Status.DOWN, health.error(), "");
            return;
        }
        var kind = howdah.isEmbedded() ? "embedded, in " + settings.home() : settings.database().url();
        add("database", health.status() == DatabaseHealth.Status.OK ? Status.OK : Status.DEGRADED,
                kind + ", answers in " + health.latency().toMillis() + " ms", health.error());
        var facts = facts(howdah.database());
        version(health.version(), facts);
        extensions(howdah.database());
        pool(facts);
        replicas(facts);
        guarded("migrations", () -> migrations(howdah));
        guarded("queue", () -> queue(howdah));
        guarded("bloat", () -> bloat(howdah));
        guarded("knowledge", () -> knowledge(howdah));
    }

    private void version(String text, Facts facts) {
        int major = facts.versionNumber / 10_000;
        if (major < VERSION_MIN) {
            add("version", Status.DOWN, "PostgreSQL " + text + " is too old",
                    "upgrade to " + VERSION_MIN + " or newer");
        } else if (major > VERSION_MAX) {
            add("version", Status.DEGRADED, "PostgreSQL " + text + " is newer than what was tested",
                    "prefer " + VERSION_MIN + " to " + VERSION_MAX);
        } else {
            add("version", Status.OK, "PostgreSQL " + text, "");
        }
    }

    private void extensions(Database database) {
        var found = database.withHandle(handle -> handle.createQuery(EXTENSIONS).mapTo(String.class).list());
        boolean vector = found.stream().anyMatch(text -> text.startsWith("vector "));
        add("extensions", Status.OK, (found.isEmpty() ? "none" : String.join(", ", found))
                + (vector ? "" : "; pgvector is not there and not needed"), "");
    }

    private Check knowledge(Howdah howdah) {
        var search = howdah.search();
        var warnings = new ArrayList<String>();
        long entries = 0;
        long embedded = 0;
        for (var collection : search.collections().list()) {
            var count = search.entries().count(collection);
            entries += count.entries();
            embedded += count.embedded();
            search.indexState(collection).ifPresent(state -> state.warnings()
                    .forEach(warning -> warnings.add(collection.name() + ": " + warning)));
        }
        var detail = entries + " entries, " + embedded + " with vectors; searched by " + howdah.vectors().kind()
                + "; model " + search.model().map(model -> model.id()).orElse("none, so only words are searched");
        return new Check("knowledge", warnings.isEmpty() ? Status.OK : Status.DEGRADED, detail,
                String.join("; ", warnings));
    }

    private void pool(Facts facts) {
        int max = settings.database().poolMax();
        var detail = "up to " + max + " connections per process; the server has " + facts.connections + " of "
                + facts.connectionsMax + " in use";
        if (facts.connections >= facts.connectionsMax - 3) {
            add("pool", Status.DOWN, detail, "end idle clients, or raise max_connections of the server");
        } else if (max > facts.connectionsMax - facts.connections) {
            add("pool", Status.DEGRADED, detail,
                    "lower howdah.database.pool-max, or raise the server's max_connections");
        } else {
            add("pool", Status.OK, detail, "");
        }
    }

    private void replicas(Facts facts) {
        if (facts.standby) {
            add("replicas", Status.DOWN, "the configured database is a standby: it refuses writes",
                    "name the primary in POSTGRES_HOST or HOWDAH_DATABASE_URL");
        } else if (facts.lagSeconds > LAG_DEGRADED_SECONDS) {
            add("replicas", Status.DEGRADED, "%d replicas, the slowest is %.0f s behind".formatted(facts.replicas,
                    facts.lagSeconds), "look at its disk and network");
        } else {
            add("replicas", Status.OK, facts.replicas == 0 ? "none" : facts.replicas + " streaming", "");
        }
    }

    private Check migrations(Howdah howdah) {
        var status = howdah.migrator().status();
        var problems = howdah.migrator().validate();
        if (!problems.isEmpty()) {
            return new Check("migrations", Status.DEGRADED, String.join("; ", problems), "see: howdah migrate status");
        }
        return status.isUpToDate()
                ? new Check("migrations", Status.OK, "version " + status.version() + ", nothing pending", "")
                : new Check("migrations", Status.DEGRADED, "version " + status.version() + ", "
                        + status.pending().size() + " pending", "apply them with: howdah migrate up");
    }

    private Check queue(Howdah howdah) {
        var statistics = howdah.queue().statistics();
        var wait = statistics.oldestWait().orElse(Duration.ZERO);
        var unserved = howdah.isQueueInRedis() ? List.<Workers.Unserved>of() : howdah.workers().unserved();
        if (!unserved.isEmpty()) {
            return new Check("queue", Status.DEGRADED, unserved.stream().map(type -> "\"" + type.type()
                    + "\" waits in " + type.queue() + " for " + type.waited().toMinutes()
                    + " minutes, and no worker is "
                    + "known to take it").collect(Collectors.joining("; ")),
                    "start a worker that has a handler for it; the tasks are kept");
        }
        return wait.compareTo(WAIT_DEGRADED) > 0
                ? new Check("queue", Status.DEGRADED, "a task has been waiting for " + wait.toMinutes() + " minutes",
                        "start a worker: howdah worker")
                : new Check("queue", Status.OK, statistics.byState().entrySet().stream()
                        .map(e -> e.getValue() + " " + e.getKey().name().toLowerCase(Locale.ROOT))
                        .sorted().reduce((a, b) -> a + ", " + b).orElse("empty"), "");
    }

    private static Check bloat(Howdah howdah) {
        var storage = howdah.storage();
        var detail = "%,d dead rows beside %,d live tasks, %,d MiB; the oldest transaction is %d s old".formatted(
                storage.deadRows(), storage.liveRows(), (storage.tableBytes() + storage.indexBytes()) >> 20,
                storage.oldestSnapshot().toSeconds());
        if (storage.oldestSnapshot().compareTo(SNAPSHOT_DEGRADED) > 0) {
            return new Check("bloat", Status.DEGRADED, detail + ", held by " + storage.holder().orElse("nobody known"),
                    "end it (SELECT pg_terminate_backend(process)), and set idle_in_transaction_session_timeout");
        }
        return storage.deadRows() > DEAD_DEGRADED && storage.deadRows() > 5 * storage.liveRows()
                ? new Check("bloat", Status.DEGRADED, detail, "let autovacuum run more often, or: VACUUM tasks")
                : new Check("bloat", Status.OK, detail, "");
    }

    private void disk() {
        if (!settings.embedded()) {
            add("disk", Status.OK, "the database has its own, which cannot be seen from here", "");
            return;
        }
        try {
            var directory = existing(settings.home());
            long free = Files.getFileStore(directory).getUsableSpace();
            var detail = "%,d MiB free for %s".formatted(free >> 20, settings.home());
            if (!Files.isWritable(directory)) {
                add("disk", Status.DOWN, directory + " is not writable", "choose another directory with HOWDAH_HOME");
            } else if (free < DISK_DEGRADED) {
                add("disk", free < DISK_DOWN ? Status.DOWN : Status.DEGRADED, detail, "make room, or move HOWDAH_HOME");
            } else {
                add("disk", Status.OK, detail, "");
            }
        } catch (IOException e) {
            add("disk", Status.DOWN, settings.home() + " cannot be examined: " + e.getMessage(),
                    "choose another directory with HOWDAH_HOME");
        }
    }

    private static Path existing(Path path) {
        var existing = path;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        return existing;
    }

    private static Facts facts(Database database) {
        return database.withHandle(handle -> handle.createQuery(DATABASE_FACTS)
                .map((row, context) -> new Facts(row.getInt("version_number"), row.getInt("connections_max"),
                        row.getInt("connections"), row.getBoolean("standby"), row.getInt("replicas"),
                        row.getDouble("lag_seconds")))
                .one());
    }

    /** A check of what may not be there yet, such as the tables. */
    private void guarded(String name, Supplier<Check> check) {
        try {
            checks.add(check.get());
        } catch (HowdahException e) {
            add(name, Status.DOWN, e.problem(), e.remedy());
        } catch (JdbiException e) {
            add(name, Status.DEGRADED, "the tables are not there", "make them with: howdah migrate up");
        }
    }

    private void add(String name, Status status, String detail, String remedy) {
        checks.add(new Check(name, status, detail, remedy));
    }
}
