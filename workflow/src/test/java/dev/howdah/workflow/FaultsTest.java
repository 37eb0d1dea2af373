package dev.howdah.workflow;

import dev.howdah.workflow.definition.WorkflowDefinition;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bad input, races and outages: nothing is lost, nothing counts twice, and the message says what to do. */
class FaultsTest {
    private final AtomicBoolean fails = new AtomicBoolean(true);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger ignored = new AtomicInteger();
    private final Running running = new Running(Map.of(
            "fragile", run -> {
                if (fails.get()) {
                    throw new IllegalStateException("it is broken");
                }
                return NodeResult.of(run.config());
            },
            "brief", run -> {
                TimeUnit.MILLISECONDS.sleep(2);
                return NodeResult.of(run.config());
            },
            "deaf", run -> {
                while (gate.getCount() > 0) {
                    try {
                        assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        ignored.incrementAndGet();
                    }
                }
                return NodeResult.of(run.config());
            }), WorkflowSettings.defaults().withInputMax(1000));

    @AfterEach
    void close() {
        gate.countDown();
        running.close();
    }

    @Test
    void losesNothingWhenTheDatabaseIsLostAgainAndAgain() {
        running.apply("""
            id: lost
            nodes:
              - {id: a, type: task, executor: brief}
              - {id: b, type: task, executor: brief, dependencies: [a]}
              - {id: c, type: task, executor: brief, dependencies: [a]}
              - {id: d, type: task, executor: brief, dependencies: [b, c]}
            """);
        running.workflows.start(IntStream.range(0, 200).mapToObj(i -> NewExecution.of("lost")).toList());
        for (int i = 1; i <= 4; i++) {
            int reached = i * 40;
            await().atMost(Duration.ofMinutes(1)).ignoreExceptionsInstanceOf(HowdahException.class).until(() -> running
                    .number("SELECT count(*) FROM workflow_executions WHERE completed_at IS NOT NULL") >= reached);
            terminateConnections();
        }
        await().atMost(Duration.ofMinutes(1)).ignoreExceptionsInstanceOf(HowdahException.class).until(() -> running
                .number("SELECT count(*) FROM workflow_executions WHERE status = 'completed'") == 200);
        assertThat(running.number("SELECT count(*) FROM execution_events WHERE event_type = 'node_completed'"))
                .isEqualTo(800);
        assertThat(running.gaps()).isZero();
    }

    private void terminateConnections() {
        try {
            running.database.withHandle(handle -> handle.createQuery("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE application_name = 'howdah' AND pid <> pg_backend_pid()
                """).mapTo(Boolean.class).list());
        } catch (HowdahException e) {
            // Our own connection may be among those of the pool that are ended.
        }
    }

    @Test
    void runsTenThousandNodesInOneExecution() {
        var nodes = IntStream.range(0, 10_000)
                .mapToObj(i -> i == 0
                        ? "  - {id: n0, type: task, executor: echo}"
                        : "  - {id: n" + i + ", type: task, executor: echo, dependencies: [n" + (i - 1) / 100 + "]}")
                .collect(Collectors.joining("\n"));
        running.apply("id: large\nnodes:\n" + nodes);
        var id = running.start("large", "{}");
        await().atMost(Duration.ofMinutes(2)).until(() -> running.find(id).status() == ExecutionStatus.COMPLETED);
        assertThat(running.find(id).completedNodes()).isEqualTo(10_000);
        assertThat(running.gaps()).isZero();
    }

    @Test
    void namesWhatIsWrongWithAnExecutionToBe() {
        running.apply("id: fine\nnodes: [{id: n, type: task, executor: echo}]");
        assertThatThrownBy(() -> running.start("nothing", "{}")).isInstanceOf(NotFoundException.class)
                .hasMessageContaining("there is no workflow nothing");
        assertThatThrownBy(() -> running.start("fine", "[]")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("no object");
        assertThatThrownBy(() -> running.start("fine", "{'t': '" + "x".repeat(1000) + "'}"))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("at most 1000");
        assertThatThrownBy(() -> running.workflows.start(NewExecution.of("fine").withKey("k".repeat(501))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("key");
        assertThatThrownBy(() -> running.workflows.start(NewExecution.of("fine").withVersion(2)))
                .isInstanceOf(NotFoundException.class).hasMessageContaining("version 2");
        assertThatThrownBy(() -> running.workflows.retry(new UUID(1, 1))).isInstanceOf(NotFoundException.class);
        var id = running.start("fine", "{}");
        running.end(id);
        assertThatThrownBy(() -> running.workflows.retry(id, "missing", true)).isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no node missing");
    }

    @Test
    void refusesAWorkflowThatStartsItselfWithoutEnd() {
        running.apply("id: turtles\nnodes: [{id: down, type: sub_workflow, config: {workflow: turtles}}]");
        var execution = running.end(running.start("turtles", "{}"));
        assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(execution.error().orElseThrow()).contains("nested");
    }

    @Test
    void retriesOnceHoweverManyAskAtOnce() throws Exception {
        running.apply("id: twice\nnodes: [{id: n, type: task, executor: fragile}]");
        var id = running.start("twice", "{}");
        running.end(id);
        fails.set(false);
        var outcomes = atOnce(8, () -> {
            running.workflows.retry(id);
            return true;
        });
        assertThat(outcomes).filteredOn(Boolean::booleanValue).hasSize(1);
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.events(id)).filteredOn("workflow_retried"::equals).hasSize(1);
        assertThat(running.node(id, "n").attemptCount()).isEqualTo(2);
    }

    @Test
    void reviewsOnceHoweverManyDecideAtOnce() throws Exception {
        running.apply("id: votes\nnodes: [{id: ok, type: human_review, config: {prompt: p}}]");
        var id = running.start("votes", "{}");
        running.awaitNode(id, "ok", NodeStatus.WAITING);
        var outcomes = atOnce(8, () -> {
            running.workflows.review(id, "ok", new Review(true, "somebody", ""));
            return true;
        });
        assertThat(outcomes).filteredOn(Boolean::booleanValue).hasSize(1);
        running.end(id);
        assertThat(running.events(id)).filteredOn("review_approved:ok"::equals).hasSize(1);
    }

    /** Whether each call went through or met a conflict. */
    private static List<Boolean> atOnce(int threads, Callable<Boolean> call) throws Exception {
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var outcomes = new ArrayList<Boolean>();
            for (var future : pool.invokeAll(java.util.Collections.nCopies(threads, (Callable<Boolean>) () -> {
                try {
                    return call.call();
                } catch (ConflictException e) {
                    return false;
                }
            }))) {
                outcomes.add(future.get());
            }
            return outcomes;
        }
    }

    @Test
    void eitherCancelsOrCompletesAndNeverBoth() {
        running.apply(
                "id: race\nnodes: [{id: a, type: task, executor: brief}, {id: b, type: task, executor: brief, dependencies: [a]}]");
        var ids = running.workflows.start(IntStream.range(0, 200).mapToObj(i -> NewExecution.of("race")).toList());
        int cancelled = 0;
        for (var id : ids.reversed()) {
            try {
                running.workflows.cancel(id, "race");
                cancelled++;
            } catch (ConflictException e) {
                // It was faster.
            }
        }
        ids.forEach(running::end);
        await().atMost(Duration.ofSeconds(30)).until(() -> running.number("SELECT count(*) FROM tasks") == 0);
        assertThat(running.number("SELECT count(*) FROM workflow_executions WHERE status = 'cancelled'"))
                .isEqualTo(cancelled);
        assertThat(running.number("""
            SELECT count(*) FROM workflow_executions e
             WHERE (SELECT count(*) FROM execution_events v WHERE v.execution_id = e.id
                       AND v.event_type IN ('workflow_completed', 'workflow_cancelled')) <> 1
                OR (SELECT v.event_type FROM execution_events v WHERE v.execution_id = e.id
                     ORDER BY sequence DESC LIMIT 1) NOT IN ('workflow_completed', 'workflow_cancelled')
                OR e.active_nodes <> 0
            """)).isZero();
        assertThat(running.gaps()).isZero();
    }

    @Test
    void beginsNothingThatGotReadyWhileAnotherNodeFailed() {
        running.apply("""
            id: crossing
            nodes:
              - {id: a, type: task, executor: brief}
              - {id: f, type: task, executor: fragile}
              - {id: b, type: task, executor: brief, dependencies: [a]}
              - {id: join, type: task, executor: brief, dependencies: [b, f]}
            """);
        var ids = running.workflows.start(IntStream.range(0, 300).mapToObj(i -> NewExecution.of("crossing")).toList());
        ids.forEach(running::end);
        await().atMost(Duration.ofSeconds(30)).until(() -> running.number("SELECT count(*) FROM tasks") == 0);
        assertThat(running
                .number("SELECT count(*) FROM workflow_executions WHERE status <> 'failed' OR active_nodes <> 0"))
                .isZero();
        assertThat(running.number("SELECT count(*) FROM node_states WHERE task_id IS NOT NULL")).isZero();
        assertThat(running.gaps()).isZero();
    }

    @Test
    void freesTheSlotOfAHandlerThatIgnoresItsInterruption() {
        running.apply("id: ignoring\nnodes: [{id: n, type: task, executor: deaf, timeout: 100ms}]");
        var execution = running.end(running.start("ignoring", "{}"));
        assertThat(execution.error().orElseThrow()).contains("timed out after PT0.1S");
        await().atMost(Duration.ofSeconds(10)).until(() -> ignored.get() == 1);
        await().atMost(Duration.ofSeconds(10)).until(() -> running.worker.health().active() == 0);
    }

    @Test
    void leavesATaskWithoutHandlerToWorkersElsewhereAndTakesItsResult() {
        running.workflows.definitions().applyUnknown(WorkflowDefinition.parse("""
            id: foreign
            nodes:
              - {id: n, type: task, executor: render-pdf, config: {page: 3}}
              - {id: after, type: task, executor: echo, dependencies: [n], config: {url: "${outputs.n.url}"}}
            """));
        assertThatThrownBy(() -> running.apply("id: foreign\nnodes: [{id: n, type: task, executor: render-pdf}]"))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("render-pdf");
        var id = running.start("foreign", "{}");
        running.awaitNode(id, "n", NodeStatus.WAITING);
        try (var elsewhere = new Worker(running.queue, Running.QUEUE, Map.of("render-pdf", task -> Running
                .json("{'url': 'page-" + task.payload().path("config").path("page").asInt() + "'}")))) {
            elsewhere.start();
            assertThat(running.end(id).output().orElseThrow().toString())
                    .isEqualTo("{\"after\":{\"url\":\"page-3\"}}");
        }
    }

    @Test
    void goesOnWhenClocksAreWrong() {
        // The time of a wait is this process' clock when it is set, and the database's when it is over.
        running.apply("id: past\nnodes: [{id: t, type: wait, config: {until: '2001-01-01T00:00:00Z'}}]");
        assertThat(running.end(running.start("past", "{}")).status()).isEqualTo(ExecutionStatus.COMPLETED);
    }
}
