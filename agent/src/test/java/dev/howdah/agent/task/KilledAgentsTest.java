package dev.howdah.agent.task;

import static dev.howdah.agent.task.Agents.ADA;
import static dev.howdah.agent.task.Agents.notWaiting;
import static dev.howdah.agent.task.Agents.saying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.StatusUpdate;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of agents' tasks whose processes are killed: they go on elsewhere, and who follows them notices nothing. */
class KilledAgentsTest {
    private static final int TASKS = 10_000;
    private static final QueueSettings SETTINGS = QueueSettings.defaults().withConcurrency(50)
            .withLease(Duration.ofSeconds(2), Duration.ofMillis(400)).withPollInterval(Duration.ofMillis(200));

    private final Database database = Agents.database();
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
        database.close();
    }

    @Test
    void endsEveryTaskOnceWhoeverIsKilled() throws Exception {
        database.withHandle(handle -> handle.execute("CREATE TABLE runs (task_id text, attempt int)"));
        var sent = Collections.synchronizedSet(new HashSet<String>());
        try (var agents = new Agents(Database.open(database.settings()), run -> work(database, run));
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < TASKS; i++) {
                callers.execute(() -> sent.add(begin(agents)));
            }
            processes.add(start());
            processes.add(start());
            var random = new Random(4711);
            int kills = 0;
            for (long ended = 0; ended < TASKS * 9 / 10; kills++) {
                long until = Math.min(TASKS * 9 / 10, ended + 500 + random.nextInt(1000));
                await().atMost(Duration.ofMinutes(3)).until(() -> number("""
                    SELECT count(*) FROM agent_tasks WHERE ended_at IS NOT NULL
                    """) >= until);
                processes.removeFirst().destroyForcibly().waitFor();
                processes.add(start());
                ended = number("SELECT count(*) FROM agent_tasks WHERE ended_at IS NOT NULL");
            }
            assertThat(kills).isGreaterThan(3);
            await().atMost(Duration.ofMinutes(3)).until(() -> number("""
                SELECT count(*) FROM agent_tasks WHERE ended_at IS NULL
                """) == 0);
        }
        assertThat(sent).hasSize(TASKS);
        assertThat(number("SELECT count(*) FROM agent_tasks WHERE state = 'completed'")).isEqualTo(TASKS);
        assertThat(number("""
            SELECT count(*) FROM (SELECT task_id FROM agent_events WHERE payload ->> 'state' = 'TASK_STATE_COMPLETED'
                                   GROUP BY task_id HAVING count(*) > 1) AS twice
            """)).as("ended twice").isZero();
        assertThat(number("""
            SELECT count(*) FROM agent_tasks t
             WHERE t.last_sequence <> (SELECT count(*) FROM agent_events e WHERE e.task_id = t.id)
                OR t.last_sequence <> (SELECT max(sequence) FROM agent_events e WHERE e.task_id = t.id)
            """)).as("sequences with a gap").isZero();
        assertThat(number("""
            SELECT count(*) FROM (SELECT task_id, attempt FROM runs GROUP BY 1, 2 HAVING count(*) > 1) AS twice
            """)).as("runs under the same fence").isZero();
        assertThat(number("SELECT count(*) FROM runs WHERE attempt > 1")).as("begun again").isPositive();
    }

    @Test
    void aStreamElsewhereGoesOnWhenTheProcessThatWorksIsKilled() throws Exception {
        database.withHandle(handle -> handle.execute("CREATE TABLE runs (task_id text, attempt int)"));
        try (var here = new Agents(Database.open(database.settings()), run -> work(database, run))) {
            processes.add(start());
            var task = (Task) here.tasks.send(ADA, notWaiting(saying("hang once")));
            try (var stream = here.tasks.subscribe(ADA, task.id())) {
                await().atMost(Duration.ofSeconds(60)).until(() -> number("""
                    SELECT count(*) FROM agent_events WHERE kind = 'artifact'
                    """) == 1);
                processes.removeFirst().destroyForcibly().waitFor();
                processes.add(start());
                TaskState last = TaskState.SUBMITTED;
                long sequence = 0;
                while (!stream.isOver()) {
                    var element = stream.next(Duration.ofSeconds(60)).orElseThrow();
                    assertThat(element.sequence().getAsLong()).isGreaterThan(sequence);
                    sequence = element.sequence().getAsLong();
                    last = element.item() instanceof StatusUpdate update ? update.status().state() : last;
                }
                assertThat(last).isEqualTo(TaskState.COMPLETED);
            }
            var whole = here.tasks.get(ADA, new GetTaskRequest(task.id(), OptionalInt.empty()));
            assertThat(whole.status().message()).map(Message::text).contains("attempt 2");
            assertThat(whole.artifacts()).extracting(Artifact::artifactId).containsExactly("attempt-1", "attempt-2");
        }
    }

    private static String begin(Agents agents) {
        try {
            return ((Task) agents.tasks.send(ADA, notWaiting(saying("work")))).id();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AgentOutcome work(Database database, AgentRun run) throws InterruptedException {
        database.withHandle(handle -> handle.createUpdate("INSERT INTO runs VALUES (:task, :attempt)")
                .bind("task", run.taskId().toString()).bind("attempt", run.attempt()).execute());
        if (run.message().text().equals("hang once")) {
            run.artifact(Artifact.of("attempt-" + run.attempt(), "made", List.of(Part.text("x"))), false, true);
            if (run.attempt() == 1) {
                new CountDownLatch(1).await();
            }
        }
        return new AgentOutcome.Completed(Optional.of(Message.ofAgent("attempt " + run.attempt())));
    }

    private long number(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    private Process start() throws Exception {
        var settings = database.settings();
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx200m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                KilledAgentsTest.class.getName(), settings.url(), settings.user(), settings.password(),
                settings.schema()).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** A process that works until it is killed: url, user, password, schema. */
    public static void main(String[] args) throws InterruptedException {
        var database = Database.open(DatabaseSettings.of(args[0], args[1], args[2], args[3]).withPool(8, 0));
        var queue = new PostgresTaskQueue(database, SETTINGS);
        var tasks = new AgentTasks(database, queue, run -> work(database, run), TaskSettings.defaults(), Optional
                .empty());
        var worker = new Worker(queue, SETTINGS, tasks.handlers());
        worker.start();
        Thread.currentThread().join();
    }
}
