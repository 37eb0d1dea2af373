package dev.howdah.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;

/** Ours against itself: how it keeps its speed under a held snapshot, with much queued and with much history. */
final class DecayRows {
    private static final String RATE = "tasks/s";
    private static final int BACKLOG = 10_000_000;
    private static final String LOAD_BACKLOG = """
        INSERT INTO queues (name) VALUES ('default') ON CONFLICT DO NOTHING;
        INSERT INTO lanes (queue, priority) VALUES ('default', current_setting('bench.priority')::integer)
            ON CONFLICT DO NOTHING;
        INSERT INTO tasks (id, position, type, priority, payload)
        SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))
                 ::uuid,
               current_setting('bench.position')::bigint + n, current_setting('bench.type'),
               current_setting('bench.priority')::integer, '{"n": 0}'
          FROM generate_series(1, current_setting('bench.rows')::bigint) AS n
        """;
    private static final int HISTORY_DAYS = 7;
    private static final String LOAD_HISTORY = """
        DO $$
        DECLARE
          days integer := current_setting('bench.days');
          day date;
        BEGIN
          FOR day IN SELECT d::date FROM generate_series(current_date - days + 1, current_date, interval '1 day') AS d LOOP
            IF to_regclass('task_history_' || to_char(day, 'YYYYMMDD')) IS NULL THEN
              EXECUTE format('CREATE TABLE %I PARTITION OF task_history FOR VALUES FROM (%L) TO (%L)',
                             'task_history_' || to_char(day, 'YYYYMMDD'), first_id_of(day), first_id_of(day + 1));
            END IF;
            INSERT INTO task_history (id, queue, type, state, priority, attempt, max_attempts, payload, created_at, run_at,
                                      started_at, ended_at, worker, result)
            SELECT (left(replace(first_id_of(day)::text, '-', ''), 12) || '70008' || lpad(to_hex(n), 15, '0'))::uuid,
                   'default', 'work', 'finished', 0, 1, 3, '{"n": 0}', day, day, day, day, 'worker', '{}'
              FROM generate_series(1, current_setting('bench.rows')::bigint / days) AS n;
          END LOOP;
        END
        $$
        """;

    private final BenchDatabase database;
    private final BenchOptions options;

    DecayRows(BenchDatabase database, BenchOptions options) {
        this.database = database;
        this.options = options;
    }

    List<Section> sections() {
        var sections = new ArrayList<Section>();
        sections.add(Section.expensive(this::heldSnapshot, "drain under a held snapshot, last quarter"));
        var before = "drain before " + backlogSize() / 1_000_000 + " M ";
        for (var each : List.of(new Backlog(before + "in the same lane", TaskQueuePeer.TYPE, 0),
                new Backlog(before + "of lower priority", TaskQueuePeer.TYPE, -1),
                new Backlog(before + "of another type", "later", 0))) {
            sections.add(Section.expensive(() -> backlog(each), each.row));
        }
        if (options.history() > 0) {
            var row = "drain with " + options.history() + " tasks of history";
            sections.add(Section.expensive(() -> history(row), row));
        }
        return sections;
    }

    private record Backlog(String row, String type, int priority) {}

    /** A transaction that sees everything as it was before the drain keeps dead rows from being removed. */
    private Contest heldSnapshot() {
        var quarters = new double[2];
        return new Contest(RATE, false, "drain under a held snapshot, last quarter")
                .ours(() -> {
                    drainQuarters(options.size(300_000, 60_000), quarters);
                    return new double[]{quarters[1]};
                })
                .against("itself, first quarter", 0.95, () -> new double[]{quarters[0]});
    }

    private void drainQuarters(int count, double[] quarters) {
        try (var peer = new HowdahPeer(database.fresh()); var snapshot = database.connect()) {
            peer.enqueueMany(count / 10);
            peer.drain(count / 10); // warm
            peer.enqueueMany(count);
            database.vacuum();
            snapshot.setAutoCommit(false);
            snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (var statement = snapshot.createStatement()) {
                statement.execute("SELECT count(*) FROM pg_class");
            }
            var ran = new AtomicInteger();
            var passed = new AtomicLongArray(5); // of the quarters
            peer.drain(count, number -> {
                int now = ran.incrementAndGet();
                if (now == 1 || now % (count / 4) == 0) {
                    passed.set(now / (count / 4), System.nanoTime());
                }
            });
            quarters[0] = count / 4.0 / (passed.get(1) - passed.get(0)) * 1e9;
            quarters[1] = count / 4.0 / (passed.get(4) - passed.get(3)) * 1e9;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Contest backlog(Backlog backlog) {
        return besides(backlog.row, 0.8, "backlog", aside -> {
            aside.execute(LOAD_BACKLOG,
                    Map.of("position", HowdahPeer.BACKLOG_POSITION, "type", backlog.type, "priority",
                            backlog.priority, "rows", backlogSize()));
        });
    }

    private int backlogSize() {
        return options.size(BACKLOG, BACKLOG / 10);
    }

    private Contest history(String row) {
        return besides(row, 0.95, "history",
                aside -> aside.execute(LOAD_HISTORY, Map.of("days", HISTORY_DAYS, "rows", options.history())));
    }

    /** What is loaded at a schema's making. */
    private interface Load {
        void into(BenchDatabase aside);
    }

    /** Drains in a schema where something stands already, loaded once, against drains in an empty one. */
    private Contest besides(String row, double goal, String name, Load load) {
        var aside = database.aside(name);
        var loaded = new boolean[1];
        Supplier<double[]> ours = () -> {
            if (!loaded[0]) {
                new HowdahPeer(aside.fresh()).close(); // makes the tables
                load.into(aside);
                aside.vacuum();
                aside.checkpoint();
                database.fresh();
                drain(database); // warm
                loaded[0] = true;
            }
            return drain(aside);
        };
        return new Contest(RATE, false, row).ours(ours)
                .against("itself, without", goal, () -> {
                    database.fresh();
                    return drain(database);
                })
                .afterwards(aside::drop);
    }

    /**
     * Enqueued by one and drained by another, which has claimed nothing yet: what we add comes before the rest of the lane,
     * which one that has been further would find only now and then.
     */
    private double[] drain(BenchDatabase where) {
        int count = options.size(100_000, 30_000);
        try (var enqueuing = new HowdahPeer(where.settings())) {
            enqueuing.enqueueMany(count);
        }
        where.vacuum();
        try (var draining = new HowdahPeer(where.settings())) {
            return new double[]{count / draining.drain(count)};
        }
    }
}
