package dev.howdah.server;

import dev.howdah.operations.doctor.Area;
import dev.howdah.operations.doctor.Check;
import dev.howdah.operations.doctor.CheckStatus;
import dev.howdah.operations.doctor.DatabaseChecks;
import dev.howdah.operations.doctor.Doctor;
import dev.howdah.operations.doctor.DoctorLimits;
import dev.howdah.operations.doctor.Outcome;
import dev.howdah.operations.doctor.Report;
import dev.howdah.operations.doctor.Topic;
import dev.howdah.postgres.DatabaseHealth;
import dev.howdah.queue.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.JdbiException;

/**
 * Examines a whole Howdah: its database first, because everything else asks it; then the database's own checks, and what only
 * all modules together know. Changes nothing. Thread-safe.
 */
public final class InstallationDoctor {
    /** Whether the database answers; all else asks it. */
    public static final Topic DATABASE = new Topic("database", Area.INSTALLATION, "the database answers",
            "Everything is in it.", "start it, or correct host, port, user and password");

    private static final long DEAD_DEGRADED = 1_000_000;
    private static final int DEAD_TO_LIVE = 5;
    private static final Duration WAIT_DEGRADED = Duration.ofMinutes(5);

    private final Howdah howdah;
    private final Doctor first;
    private final Doctor others;

    InstallationDoctor(Howdah howdah) {
        this.howdah = howdah;
        this.first = new Doctor(List.of(Check.of(DATABASE, this::database)));
        var checks = new ArrayList<>(DatabaseChecks.of(howdah.database(), howdah.isEmbedded(), DoctorLimits.DEFAULT));
        checks.addAll(List.of(
                tables(new Topic("migrations", Area.INSTALLATION, "the schema is what this program needs",
                        "Scripts that were edited after they were applied, or are not applied, make programs fail.",
                        "apply what is pending; see howdah migrate status"), this::migrations),
                tables(new Topic("queue", Area.INSTALLATION, "tasks find a worker",
                        "A task of a type that no worker takes waits for ever.", "start a worker"), this::queue),
                tables(new Topic("bloat", Area.INSTALLATION, "the queue's table is small",
                        "Each claim leaves a dead row; if they are not removed, claims slow down.",
                        "vacuum tasks, and end what keeps its dead rows"), this::bloat),
                tables(new Topic("knowledge", Area.INSTALLATION, "what is searched has its index",
                        "Without it searches go through every vector.", "let howdah worker run knowledge.upkeep"),
                        this::knowledge)));
        this.others = new Doctor(checks);
    }

    /** What is looked for. */
    public List<Topic> topics() {
        var topics = new ArrayList<>(first.topics());
        topics.addAll(others.topics());
        return topics;
    }

    /**
     * Looks for all of it; if the database is down, only for that.
     *
     * @param areas only what is about these; none means all
     */
    public Report examine(Collection<Area> areas) {
        var database = first.examine(List.of());
        if (database.status() == CheckStatus.DOWN) {
            return database;
        }
        var report = others.examine(areas);
        return areas.isEmpty() || areas.contains(Area.INSTALLATION) ? report.after(database.diagnoses()) : report;
    }

    private Outcome database() {
        var health = howdah.database().health();
        if (!health.isUp()) {
            return Outcome.of(CheckStatus.DOWN, health.error(), "");
        }
        var kind = howdah.isEmbedded()
                ? "embedded, in " + howdah.settings().home()
                : howdah.settings().database().url()
                        .replaceFirst("\\?.*$", "");
        var detail = kind + ", answers in " + health.latency().toMillis() + " ms";
        return health.status() == DatabaseHealth.Status.OK
                ? Outcome.ok(detail)
                : Outcome.of(CheckStatus.DEGRADED, detail, health.error());
    }

    private Outcome migrations() {
        var status = howdah.migrator().status();
        var problems = howdah.migrator().validate();
        if (!problems.isEmpty()) {
            return Outcome.of(CheckStatus.DEGRADED, String.join("; ", problems), "see: howdah migrate status");
        }
        return status.isUpToDate()
                ? Outcome.ok("version " + status.version() + ", nothing pending")
                : Outcome.of(CheckStatus.DEGRADED, "version " + status.version() + ", " + status.pending().size()
                        + " pending", "apply them with: howdah migrate up");
    }

    private Outcome queue() {
        var statistics = howdah.queue().statistics();
        var wait = statistics.oldestWait().orElse(Duration.ZERO);
        var unserved = howdah.isQueueInRedis() ? List.<Workers.Unserved>of() : howdah.workers().unserved();
        if (!unserved.isEmpty()) {
            return Outcome.of(CheckStatus.DEGRADED, unserved.stream().map(type -> "\"" + type.type() + "\" waits in "
                    + type.queue() + " for " + type.waited().toMinutes()
                    + " min, and no worker is known to take it").collect(Collectors.joining("; ")),
                    "start a worker that has a handler for it; the tasks are kept");
        }
        return wait.compareTo(WAIT_DEGRADED) > 0
                ? Outcome.of(CheckStatus.DEGRADED, "a task has been waiting for " + wait.toMinutes() + " min",
                        "start a worker: howdah worker")
                : Outcome.ok(statistics.byState().entrySet().stream()
                        .map(state -> state.getValue() + " " + state.getKey().name().toLowerCase(Locale.ROOT))
                        .sorted().reduce((a, b) -> a + ", " + b).orElse("empty"));
    }

    private Outcome bloat() {
        var storage = howdah.storage();
        var detail = "%,d dead rows beside %,d live tasks, %,d MiB; the oldest transaction is %d s old%s".formatted(
                storage.deadRows(), storage.liveRows(), (storage.tableBytes() + storage.indexBytes()) >> 20,
                storage.oldestSnapshot().toSeconds(), storage.holder().map(holder -> ", held by " + holder).orElse(""));
        return storage.deadRows() > DEAD_DEGRADED && storage.deadRows() > DEAD_TO_LIVE * storage.liveRows()
                ? Outcome.of(CheckStatus.DEGRADED, detail, "let autovacuum run more often, or: VACUUM tasks;")
                : Outcome.ok(detail);
    }

    private Outcome knowledge() {
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
        return warnings.isEmpty()
                ? Outcome.ok(detail)
                : Outcome.of(CheckStatus.DEGRADED, detail, String.join("; ", warnings));
    }

    /** A check of tables that may not be there yet. */
    private static Check tables(Topic topic, Supplier<Outcome> examination) {
        return Check.of(topic, () -> {
            try {
                return examination.get();
            } catch (JdbiException e) {
                return Outcome.of(CheckStatus.DEGRADED, "the tables are not there",
                        "make them with: howdah migrate up");
            }
        });
    }
}
