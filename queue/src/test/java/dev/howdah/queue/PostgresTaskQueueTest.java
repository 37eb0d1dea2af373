package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.SchemaDescription;
import dev.howdah.postgres.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PostgresTaskQueueTest extends TaskQueueContract {
    private final Database database = migrated();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database,
            QueueSettings.defaults().withRetry(Duration.ZERO, Duration.ZERO));

    static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue")).up();
        return database;
    }

    @Override
    protected TaskQueue queue() {
        return queue;
    }

    @Override
    protected void expireLeases() {
        execute("UPDATE claims SET lease_until = now() - interval '1 second'");
    }

    @Override
    protected void age(Duration by) {
        execute("UPDATE task_history SET ended_at = ended_at - interval '" + by.toSeconds() + " seconds'");
    }

    @Test
    void takesTasksFromSqlInAnyLanguage() {
        var first = UUID.fromString("01234567-89ab-7def-8123-456789abcde0");
        for (var id : List.of("01234567-89ab-7def-8123-456789abcde0", "01234567-89ab-7def-8123-456789abcde1")) {
            assertThat(database.<UUID>withHandle(handle -> handle.createQuery("""
                SELECT enqueue_task(:id::uuid, 'a', '{"name": "Ada"}', p_queue => 'mail', p_key => 'k')
                """).bind("id", id).mapTo(UUID.class).one())).as("the second finds its key taken").isEqualTo(first);
        }
        assertThat(claim(10)).singleElement().satisfies(claim -> {
            assertThat(claim.id()).isEqualTo(first);
            assertThat(claim.queue()).isEqualTo("mail");
        });
    }

    @Test
    void joinsTheCallersTransaction() {
        var ids = new ArrayList<UUID>();
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            ids.add(queue.enqueue(tx, task("a")));
            throw new IllegalStateException("no");
        })).hasMessage("no");
        assertThat(queue.find(ids)).isEmpty();

        var id = database.inTransaction(tx -> queue.enqueue(tx, task("a")));
        var claim = claim(1).getFirst();
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            queue.complete(tx, List.of(new Completion.Failed(claim, "no", false)));
            throw new IllegalStateException("no");
        })).hasMessage("no");
        assertThat(queue.find(id).orElseThrow().state()).isEqualTo(TaskState.STARTED);
    }

    @Test
    void backsOffExponentiallyWithJitter() {
        var slow = new PostgresTaskQueue(database,
                QueueSettings.defaults().withRetry(Duration.ofSeconds(10), Duration.ofSeconds(30)));
        slow.enqueue(task("a").withMaxAttempts(10));
        for (double expected : new double[]{10, 20, 30, 30}) {
            var claim = slow.claim("w", Set.of("a"), 1, Duration.ofMinutes(1)).getFirst();
            slow.complete(List.of(new Completion.Failed(claim, "no", true)));
            assertThat(number("SELECT extract(epoch FROM run_at - now()) FROM tasks"))
                    .isBetween(expected * 0.8 - 2, expected * 1.2);
            execute("UPDATE tasks SET run_at = now(), ready = true");
        }
    }

    @Test
    void givesForeignClientsTheSameGuarantees() {
        var id = queue.enqueue(task("a"));
        queue.enqueue(task("b"));
        assertThat(text("SELECT task_id || ' ' || task_type || ' ' || task_attempt "
                + "FROM get_next_task('python-1', ARRAY['a'])")).isEqualTo(id + " a 1");
        assertThat(text("SELECT count(*)::text FROM get_next_task('python-2', ARRAY['a'])")).isEqualTo("0");

        assertThat(report(id, 1, "'started'")).as("extends the lease").isEqualTo("true");
        assertThat(report(id, 1, "'failed', NULL, 'first'")).isEqualTo("true");
        execute("UPDATE tasks SET run_at = now()");
        text("SELECT task_id::text FROM get_next_task('python-1', ARRAY['a'])");
        assertThat(report(id, 1, "'finished', '{}'")).as("late").isEqualTo("false");
        assertThat(report(id, 2, "'finished', '{\"ok\": true}'")).isEqualTo("true");
        assertThat(report(id, 2, "'failed'")).as("final").isEqualTo("false");
        assertThat(queue.attempts(id)).extracting(TaskAttempt::outcome)
                .containsExactly(TaskAttempt.Outcome.FAILED, TaskAttempt.Outcome.FINISHED);
        assertThat(queue.find(id).orElseThrow().result().orElseThrow().path("ok").asBoolean()).isTrue();
        assertThatThrownBy(() -> report(id, 2, "'done'")).hasMessageContaining("use finished, failed or started");

        age(Duration.ofDays(8));
        assertThat(text("SELECT cleanup_old_tasks()::text")).isEqualTo("1");
        assertThat(text("SELECT count(*)::text FROM tasks WHERE state = 'queued'")).isEqualTo("1");
        assertThat(text("SELECT status FROM task_statistics")).isEqualTo("queued");
    }

    @Test
    void undoesItsSchemaCompletely() {
        var migrator = new Migrator(database, Migrations.ofModules("queue"));
        var before = SchemaDescription.of(database);
        migrator.downTo(0);
        assertThat(SchemaDescription.of(database)).isEmpty();
        migrator.up();
        assertThat(SchemaDescription.of(database)).isEqualTo(before);
    }

    private String report(UUID id, int attempt, String rest) {
        return text("SELECT update_task_status('" + id + "', " + attempt + ", " + rest + ")::text");
    }

    private void execute(String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    private String text(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).one());
    }

    private double number(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Double.class).one());
    }
}
