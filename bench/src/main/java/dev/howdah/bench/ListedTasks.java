package dev.howdah.bench;

import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.task.AgentOutcome;
import dev.howdah.agent.task.AgentTasks;
import dev.howdah.postgres.DatabaseSettings;
import java.util.Map;

/** Completed tasks of one owner, loaded by SQL, of which the newest are listed. */
final class ListedTasks {
    private static final Caller CALLER = Caller.of("bench");
    private static final String LOAD = """
        INSERT INTO agent_tasks (id, owner, context_id, state, status_at, last_sequence, created_at, ended_at)
        SELECT (lpad(to_hex((extract(epoch FROM now() - interval '1 hour') * 1000)::bigint), 12, '0') || '70008'
                 || lpad(to_hex(n), 15, '0'))::uuid, 'bench', 'context', 'completed', now() - interval '1 hour'
                 + n * interval '1 ms', 2, now() - interval '1 hour', now()
          FROM generate_series(1, current_setting('bench.rows')::bigint) AS n;
        INSERT INTO agent_events (task_id, sequence, kind, payload)
        SELECT id, sequence, CASE sequence WHEN 1 THEN 'message' ELSE 'status' END,
               CASE sequence WHEN 1 THEN '{"messageId": "m", "role": "ROLE_USER", "parts": [{"text": "Hello"}]}'::jsonb
                             ELSE '{"state": "TASK_STATE_COMPLETED"}'::jsonb END
          FROM agent_tasks
         CROSS JOIN generate_series(1, 2) AS sequence
        """;

    private final BenchDatabase database;
    private final int count;
    private boolean isLoaded;

    ListedTasks(BenchDatabase database, int count) {
        this.database = database;
        this.count = count;
    }

    /** Loads them first, unless that was done and they are kept aside. */
    OpenedAgents open() {
        if (!isLoaded) {
            open(database.fresh()).close(); // makes the tables
            database.execute(LOAD, Map.of("rows", count));
            database.vacuum();
            database.checkpoint();
            isLoaded = true;
        }
        return open(database.settings());
    }

    private static OpenedAgents open(DatabaseSettings settings) {
        return new OpenedAgents(settings, run -> AgentOutcome.completed());
    }

    /** Milliseconds that the first page takes. */
    double list(AgentTasks tasks) {
        long begin = System.nanoTime();
        var page = tasks.list(CALLER, ListTasksRequest.all());
        double millis = (System.nanoTime() - begin) / 1e6;
        if (page.tasks().size() != ListTasksRequest.PAGE_DEFAULT || page.totalSize() != count) {
            throw new IllegalStateException(page.tasks().size() + " of " + page.totalSize() + " tasks were listed");
        }
        return millis;
    }

    void drop() {
        database.drop();
    }
}
