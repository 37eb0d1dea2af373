package dev.howdah.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.queue.PermanentFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How executions of definitions go on, by every type of node, and what people can do to them. */
class EngineTest {
    private static final String DIAMOND = """
        id: diamond
        nodes:
          - {id: a, type: task, executor: echo, config: {from: "${input.n}"}}
          - {id: b, type: task, executor: echo, dependencies: [a], config: {seen: "${outputs.a.from}"}}
          - {id: c, type: task, executor: echo, dependencies: [a], config: {text: "n is ${outputs.a.from}!"}}
          - {id: d, type: task, executor: echo, dependencies: [b, c], config: {b: "${outputs.b}", c: "${outputs.c.text}"}}
        """;

    private final AtomicBoolean fails = new AtomicBoolean(true);
    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch isGated = new CountDownLatch(1);
    private final AtomicInteger interrupted = new AtomicInteger();
    private final Map<String, Integer> tries = new ConcurrentHashMap<>();
    private final Running running = new Running(Map.of(
            "fragile", run -> {
                tries.merge(run.nodeId(), 1, Integer::sum);
                if (fails.get()) {
                    throw new IllegalStateException("it is broken");
                }
                return NodeResult.of(run.config());
            },
            "fragile_beside", run -> {
                assertThat(isGated.await(30, TimeUnit.SECONDS)).isTrue();
                if (fails.get()) {
                    throw new IllegalStateException("it is broken");
                }
                return NodeResult.of(run.config());
            },
            "gated", run -> {
                isGated.countDown();
                try {
                    assertThat(gate.await(30, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                    throw e;
                }
                return NodeResult.of(run.config());
            },
            "scored", run -> NodeResult.of(run.config()).withQuality(run.input().path("score").asDouble()),
            "talker", run -> {
                run.log("one");
                run.progress(50, "half");
                run.log("two");
                return NodeResult.of(run.config());
            },
            "hopeless", run -> {
                throw new PermanentFailure("no");
            },
            "artist", run -> NodeResult.of(run.config()).withArtifacts(List.of(
                    NewArtifact.text("document", "a.md", "text/markdown", "# Hello")))));

    @AfterEach
    void close() {
        gate.countDown();
        running.close();
    }

    @Test
    void runsEachNodeOnceItsOwnDependenciesHaveEnded() {
        running.apply(DIAMOND);
        var id = running.start("diamond", "{'n': 7}");

        var execution = running.end(id);
        assertThat(execution.status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(execution.output().orElseThrow().toString())
                .isEqualTo("{\"d\":{\"b\":{\"seen\":7},\"c\":\"n is 7!\"}}");
        assertThat(execution.progressPercent()).isEqualTo(100);
        assertThat(running.calls).hasSize(4).startsWith("a").endsWith("d");
        assertThat(running.events(id)).startsWith("workflow_started", "node_started:a", "node_completed:a")
                .endsWith("node_completed:d", "workflow_completed").hasSize(10);
        assertThat(running.gaps()).isZero();
        assertThat(running.node(id, "b").inputs().orElseThrow().toString()).isEqualTo("{\"seen\":7}");
        assertThat(running.number("SELECT count(*) FROM tasks")).isZero();
    }

    @Test
    void startsThousandsInSetsAndEndsThemAll() {
        running.apply(DIAMOND);
        var ids = running.workflows.start(java.util.stream.IntStream.range(0, 500)
                .mapToObj(i -> NewExecution.of("diamond", Running.json("{'n': " + i + "}"))).toList());
        ids.forEach(running::end);
        assertThat(running.number("SELECT count(*) FROM workflow_executions WHERE status = 'completed'"))
                .isEqualTo(500);
        assertThat(running.calls).hasSize(2000);
        assertThat(running.gaps()).isZero();
    }

    @Test
    void answersWithTheExecutionThatHoldsTheKey() {
        running.apply("{id: held, nodes: [{id: s, type: signal, config: {name: s}}]}");
        var first = running.workflows.start(NewExecution.of("held").withKey("k"));
        assertThat(running.workflows.start(NewExecution.of("held").withKey("k"))).isEqualTo(first);
        running.awaitNode(first, "s", NodeStatus.WAITING);
        running.workflows.signal(first, "s", Running.json("{}"));
        running.end(first);
        assertThat(running.workflows.start(NewExecution.of("held").withKey("k"))).isNotEqualTo(first);
    }

    @Test
    void keepsTheVersionThatItStartedWith() {
        running.apply(
                "{id: v, nodes: [{id: s, type: signal, config: {name: s}}, {id: one, type: task, executor: echo, dependencies: [s]}]}");
        var old = running.start("v", "{}");
        running.awaitNode(old, "s", NodeStatus.WAITING);
        running.apply("{id: v, nodes: [{id: two, type: task, executor: echo}]}");
        running.apply("{id: v, nodes: [{id: two, type: task, executor: echo}]}");
        assertThat(running.workflows.definitions().latest("v").orElseThrow().version()).isEqualTo(2);
        running.workflows.signal(old, "s", Running.json("{}"));
        assertThat(running.end(old).output().orElseThrow().has("one")).isTrue();
        assertThat(running.end(running.start("v", "{}")).output().orElseThrow().has("two")).isTrue();
    }

    @Test
    void retriesAsThePolicySaysAndTellsEachAttempt() {
        running.apply("{id: r, nodes: [{id: f, type: task, executor: fragile, retry: {attempts: 3, delay: 10ms}}]}");
        var id = running.start("r", "{}");
        var execution = running.end(id);
        assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(execution.error().orElseThrow()).contains("it is broken");
        assertThat(execution.errorNodeId()).contains("f");
        assertThat(tries).containsEntry("f", 3);
        assertThat(running.events(id)).containsExactly("workflow_started", "node_started:f", "node_retry:f",
                "node_started:f", "node_retry:f", "node_started:f", "node_failed:f", "workflow_failed:f");
    }

    @Test
    void failsAtOnceWhatCannotSucceed() {
        running.apply("{id: p, nodes: [{id: h, type: task, executor: hopeless, retry: {attempts: 5}}]}");
        assertThat(running.end(running.start("p", "{}")).status()).isEqualTo(ExecutionStatus.FAILED);
        running.apply("""
            {id: q, nodes: [{id: f, type: task, executor: fragile,
                             retry: {attempts: 5, non_retryable: [IllegalStateException]}}]}""");
        running.end(running.start("q", "{}"));
        assertThat(tries).containsEntry("f", 1);
    }

    @Test
    void letsSiblingsEndButBeginsNothingBehindAFailedNode() {
        running.apply("""
            id: siblings
            nodes:
              - {id: f, type: task, executor: fragile_beside}
              - {id: g, type: task, executor: gated}
              - {id: after_f, type: task, executor: echo, dependencies: [f]}
              - {id: after_g, type: task, executor: echo, dependencies: [g]}
              - {id: join, type: task, executor: echo, dependencies: [after_f, after_g]}
            """);
        var id = running.start("siblings", "{}");
        running.awaitNode(id, "f", NodeStatus.FAILED);
        assertThat(running.find(id).status()).as("g still runs").isEqualTo(ExecutionStatus.RUNNING);
        gate.countDown();
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(running.node(id, "g").status()).isEqualTo(NodeStatus.COMPLETED);
        assertThat(running.node(id, "after_g").status()).isEqualTo(NodeStatus.PENDING);

        fails.set(false);
        running.workflows.retry(id);
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.calls).containsExactlyInAnyOrder("after_f", "after_g", "join");
        assertThat(running.gaps()).isZero();
    }

    @Test
    void doesNotWaitForAnotherAttemptOnceItHasFailed() {
        running.apply("""
            id: late
            nodes:
              - {id: later, type: task, executor: fragile, retry: {attempts: 3, delay: 1h}}
              - {id: g, type: task, executor: gated}
              - {id: now, type: task, executor: hopeless, dependencies: [g]}
            edges: [{from: g, to: later, condition: 'true'}]
            """);
        var id = running.start("late", "{}");
        running.awaitNode(id, "g", NodeStatus.RUNNING);
        gate.countDown();
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(running.number("SELECT count(*) FROM tasks")).isZero();
    }

    @Test
    void cancelsTheSubWorkflowOfAnExecutionThatFailed() {
        running.apply("id: endless\nnodes: [{id: s, type: signal, config: {name: s}}]");
        running.apply("""
            id: failing
            nodes:
              - {id: sub, type: sub_workflow, config: {workflow: endless}}
              - {id: g, type: task, executor: gated}
              - {id: no, type: task, executor: hopeless, dependencies: [g]}
              - {id: join, type: task, executor: echo, dependencies: [sub, no]}
            """);
        var id = running.start("failing", "{}");
        running.awaitNode(id, "sub", NodeStatus.WAITING);
        gate.countDown();
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.FAILED);
        var child = running.workflows.executions().list(Executions.Filter.newest(1).withParent(id)).getFirst().id();
        assertThat(running.end(child).status()).isEqualTo(ExecutionStatus.CANCELLED);
    }

    @Test
    void skipsWhatItsConditionForbidsAndEverythingBehindItAloneButNotTheJoin() {
        running.apply(
                """
                    id: branches
                    nodes:
                      - {id: which, type: condition, config: {expression: "input.n > 5"}}
                      - {id: big, type: task, executor: echo}
                      - {id: small, type: task, executor: echo}
                      - {id: after_small, type: task, executor: echo, dependencies: [small]}
                      - {id: join, type: task, executor: echo, dependencies: [big, after_small]}
                      - {id: never, type: task, executor: echo, dependencies: [join], condition: "outputs.which.result == false"}
                    edges:
                      - {from: which, to: big, condition: "outputs.which.result"}
                      - {from: which, to: small, condition: "!outputs.which.result"}
                    """);
        var id = running.start("branches", "{'n': 7}");
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.calls).containsExactly("big", "join");
        assertThat(running.node(id, "after_small").status()).isEqualTo(NodeStatus.SKIPPED);
        assertThat(running.events(id)).contains("node_skipped:small", "node_skipped:after_small", "node_skipped:never");
        assertThat(running.find(id).skippedNodes()).isEqualTo(3);
    }

    @Test
    void failsANodeWhoseConditionCannotBeEvaluated() {
        running.apply("{id: c, nodes: [{id: n, type: task, executor: echo, condition: 'input.missing > 3'}]}");
        var execution = running.end(running.start("c", "{}"));
        assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(execution.error().orElseThrow()).contains("input.missing");
        assertThat(running.calls).isEmpty();
    }

    @Test
    void blocksWhatIsBelowItsQualityGate() {
        running.apply("""
            {id: gates, nodes: [{id: n, type: task, executor: scored, gate: {threshold: 0.8}},
                                {id: after, type: task, executor: echo, dependencies: [n]}]}""");
        assertThat(running.end(running.start("gates", "{'score': 0.9}")).status()).isEqualTo(ExecutionStatus.COMPLETED);
        running.calls.clear();
        var id = running.start("gates", "{'score': 0.5}");
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.FAILED);
        var node = running.node(id, "n");
        assertThat(node.status()).isEqualTo(NodeStatus.BLOCKED);
        assertThat(node.qualityScore()).contains(0.5);
        assertThat(node.error().orElseThrow()).contains("0.5", "0.8");
        assertThat(running.calls).isEmpty();
    }

    @Test
    void holdsInputsAndOutputsToTheirContracts() {
        running.apply("""
            id: contracts
            nodes:
              - id: n
                type: task
                executor: echo
                config: {n: "${input.n}"}
                output_contract: {type: object, required: [n], properties: {n: {type: integer}}}
            """);
        assertThat(running.end(running.start("contracts", "{'n': 1}")).status()).isEqualTo(ExecutionStatus.COMPLETED);
        var execution = running.end(running.start("contracts", "{'n': 'one'}"));
        assertThat(execution.error().orElseThrow()).contains("output", "contract", "integer");
    }

    @Test
    void mapsAListInOrderAndManyAtOnce() {
        running.apply("""
            id: mapped
            nodes:
              - id: each
                type: map
                config: {items: "input.list", concurrency: 3, node: {type: task, executor: echo}}
              - {id: sum, type: task, executor: echo, dependencies: [each], config: {n: "${size(outputs.each)}"}}
            """);
        var id = running.start("mapped", "{'list': [10, 20, 30, 40, 50, 60, 70]}");
        assertThat(running.end(id).output().orElseThrow().toString()).isEqualTo("{\"sum\":{\"n\":7}}");
        assertThat(running.node(id, "each").outputs().orElseThrow().toString()).isEqualTo("[10,20,30,40,50,60,70]");
        assertThat(running.workflows.executions().childCounts(id))
                .containsEntry("each", Map.of(NodeStatus.COMPLETED, 7));
        assertThat(running.workflows.executions().children(id, "each", 0, 100)).hasSize(7)
                .allSatisfy(child -> assertThat(child.status()).isEqualTo(NodeStatus.COMPLETED));
        assertThat(running.find(id).totalNodes()).isEqualTo(2);

        var empty = running.start("mapped", "{'list': []}");
        assertThat(running.end(empty).output().orElseThrow().toString()).isEqualTo("{\"sum\":{\"n\":0}}");
        assertThat(running.end(running.start("mapped", "{'list': 3}")).error().orElseThrow()).contains("no list");
    }

    @Test
    void mapsTenThousandItems() {
        running.apply("""
            {id: many, nodes: [{id: each, type: map, config: {items: "input.list", concurrency: 1000,
                                                           node: {type: task, executor: echo}}}]}""");
        var list = java.util.stream.IntStream.range(0, 10_000).mapToObj(Integer::toString)
                .collect(java.util.stream.Collectors.joining(",", "[", "]"));
        var id = running.start("many", "{'list': " + list + "}");
        assertThat(running.end(id).output().orElseThrow().path("each").toString()).isEqualTo(list);
        assertThat(running.gaps()).isZero();
    }

    @Test
    void failsAMapWithItsItemUnlessItIsToGoOn() {
        running.apply(
                """
                    {id: m, nodes: [{id: each, type: map, config: {items: "input.list", node: {type: task, executor: fragile}}}]}""");
        var id = running.start("m", "{'list': [1, 2]}");
        assertThat(running.end(id).error().orElseThrow()).contains("each/", "it is broken");
        assertThat(running.node(id, "each").status()).isEqualTo(NodeStatus.FAILED);
        fails.set(false);
        running.workflows.retry(id);
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
    }

    @Test
    void runsAGroupAtOnceAndGathersItsOutputsById() {
        running.apply(
                """
                    id: grouped
                    nodes:
                      - id: group
                        type: parallel_group
                        config:
                          nodes:
                            - {id: left, type: task, executor: echo, config: {side: l}}
                            - {id: right, type: task, executor: echo, config: {side: r}}
                      - {id: after, type: task, executor: echo, dependencies: [group], config: {l: "${outputs.group.left.side}"}}
                    """);
        var id = running.start("grouped", "{}");
        assertThat(running.end(id).output().orElseThrow().toString()).isEqualTo("{\"after\":{\"l\":\"l\"}}");
    }

    @Test
    void waitsForItsSubWorkflowAndFailsWithIt() {
        running.apply("{id: child, nodes: [{id: f, type: task, executor: fragile, config: {v: '${input.v}'}}]}");
        running.apply("""
            {id: parent, nodes: [{id: sub, type: sub_workflow, config: {workflow: child, input: {v: "${input.x}"}}},
                                 {id: after, type: task, executor: echo, dependencies: [sub],
                                  config: {v: "${outputs.sub.f.v}"}}]}""");
        fails.set(false);
        assertThat(running.end(running.start("parent", "{'x': 5}")).output().orElseThrow().toString())
                .isEqualTo("{\"after\":{\"v\":5}}");
        fails.set(true);
        var id = running.start("parent", "{'x': 5}");
        assertThat(running.end(id).error().orElseThrow()).contains("child failed", "it is broken");
    }

    @Test
    void waitsForATimeWithoutHoldingATask() {
        running.apply("""
            {id: w, nodes: [{id: t, type: wait, config: {duration: 300ms}},
                            {id: after, type: task, executor: echo, dependencies: [t]}]}""");
        var id = running.start("w", "{}");
        running.awaitNode(id, "t", NodeStatus.WAITING);
        assertThat(running.number("SELECT count(*) FROM tasks WHERE state = 'started'")).isZero();
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
    }

    @Test
    void takesSignalsBeforeAndAfterItWaitsForThemAndOnlyWhileItIsUnderWay() {
        running.apply(
                """
                    {id: s, nodes: [{id: go, type: signal, config: {name: go}}, {id: more, type: signal, dependencies: [go], config: {name: late}}]}""");
        var id = running.start("s", "{}");
        running.awaitNode(id, "go", NodeStatus.WAITING);
        running.workflows.signal(id, "late", Running.json("{'n': 2}"));
        running.workflows.signal(id, "go", Running.json("{'n': 1}"));
        running.end(id);
        assertThat(running.node(id, "go").outputs().orElseThrow().toString()).isEqualTo("{\"n\":1}");
        assertThat(running.node(id, "more").outputs().orElseThrow().toString()).isEqualTo("{\"n\":2}");
        assertThatThrownBy(() -> running.workflows.signal(id, "go", Running.json("{}")))
                .isInstanceOf(ConflictException.class).hasMessageContaining("completed");
        assertThatThrownBy(() -> running.workflows.signal(new UUID(1, 2), "go", Running.json("{}")))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void takesSignalsAndForksWithTheCallersTransactionOnly() {
        running.apply("{id: s, nodes: [{id: go, type: signal, config: {name: go}}]}");
        var id = running.start("s", "{}");
        running.awaitNode(id, "go", NodeStatus.WAITING);
        assertThatThrownBy(() -> running.database.useTransaction(tx -> {
            running.workflows.signal(tx, id, "go", Running.json("{'n': 1}"));
            running.workflows.fork(tx, id, "go", Optional.empty());
            throw new IllegalStateException("no");
        })).hasMessage("no");
        assertThat(running.node(id, "go").status()).isEqualTo(NodeStatus.WAITING);
        running.database.useTransaction(tx -> running.workflows.signal(tx, id, "go", Running.json("{'n': 2}")));
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.node(id, "go").outputs().orElseThrow().toString()).isEqualTo("{\"n\":2}");
        assertThat(running.workflows.executions().list(Executions.Filter.newest(10))).hasSize(1);
    }

    @Test
    void failsWhenTheSignalDoesNotComeInTime() {
        running.apply("{id: st, nodes: [{id: go, type: signal, config: {name: go, timeout: 100ms}}]}");
        assertThat(running.end(running.start("st", "{}")).error().orElseThrow()).contains("did not come in time");
    }

    @Test
    void asksAPersonOnce() {
        running.apply("""
            {id: h, nodes: [{id: ok, type: human_review, config: {prompt: "Ship it?", due: 1h}},
                            {id: after, type: task, executor: echo, dependencies: [ok]}]}""");
        var id = running.start("h", "{}");
        running.awaitNode(id, "ok", NodeStatus.WAITING);
        running.workflows.review(id, "ok", new Review(true, "ada", "fine"));
        assertThatThrownBy(() -> running.workflows.review(id, "ok", new Review(false, "bob", "")))
                .isInstanceOf(ConflictException.class);
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.number("SELECT count(*) FROM tasks")).as("the timer is gone").isZero();

        var rejected = running.start("h", "{}");
        running.awaitNode(rejected, "ok", NodeStatus.WAITING);
        running.workflows.review(rejected, "ok", new Review(false, "bob", "not yet"));
        assertThat(running.end(rejected).error().orElseThrow()).contains("bob", "not yet");
    }

    @Test
    void compensatesInReverseWhatHadEnded() {
        running.apply("""
            id: saga
            nodes:
              - {id: charge, type: task, executor: echo}
              - {id: reserve, type: task, executor: echo, dependencies: [charge]}
              - {id: ship, type: task, executor: fragile, dependencies: [reserve]}
              - {id: refund, type: compensate, config: {of: charge, run: {type: task, executor: echo}}}
              - {id: release, type: compensate, config: {of: reserve, run: {type: task, executor: echo}}}
              - {id: call_back, type: compensate, config: {of: ship, run: {type: task, executor: echo}}}
            """);
        var id = running.start("saga", "{}");
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(running.calls).containsExactly("charge", "reserve", "release", "refund");
        assertThat(running.find(id).completedNodes()).isEqualTo(2);
    }

    @Test
    void failsWhatTakesLongerThanItsWorkflowAllows() {
        running.apply("""
            id: limited
            timeout: 100ms
            nodes:
              - {id: charge, type: task, executor: echo}
              - {id: hold, type: task, executor: gated, dependencies: [charge]}
              - {id: after, type: task, executor: echo, dependencies: [hold]}
              - {id: refund, type: compensate, config: {of: charge, run: {type: task, executor: echo}}}
            """);
        var id = running.start("limited", "{}");
        running.awaitNode(id, "hold", NodeStatus.RUNNING);
        org.awaitility.Awaitility.await().until(() -> running.workflows.upkeep().endOverdue() == 1);
        var ended = running.end(id);
        assertThat(ended.status()).isEqualTo(ExecutionStatus.FAILED);
        assertThat(ended.error()).contains("it did not end within 100ms");
        assertThat(running.calls).containsExactly("charge", "refund");
        assertThat(running.node(id, "hold").status()).isEqualTo(NodeStatus.CANCELLED);
        assertThat(running.node(id, "after").status()).isEqualTo(NodeStatus.PENDING);
        assertThat(running.number("SELECT count(*) FROM execution_deadlines")).isZero();
        running.workflows.retry(id);
        assertThat(running.number("SELECT count(*) FROM execution_deadlines")).as("the time begins anew").isEqualTo(1);
        running.workflows.cancel(id, "enough");
        assertThat(running.number("SELECT count(*) FROM execution_deadlines")).isZero();
        assertThat(running.gaps()).isZero();
    }

    @Test
    void pausesBetweenNodesAndGoesOnWhenResumed() {
        running.apply("""
            {id: pausing, nodes: [{id: g, type: task, executor: gated},
                                  {id: after, type: task, executor: echo, dependencies: [g]}]}""");
        var id = running.start("pausing", "{}");
        running.awaitNode(id, "g", NodeStatus.RUNNING);
        running.workflows.pause(id);
        assertThatThrownBy(() -> running.workflows.pause(id)).isInstanceOf(ConflictException.class);
        gate.countDown();
        running.awaitNode(id, "after", NodeStatus.READY);
        assertThat(running.find(id).status()).isEqualTo(ExecutionStatus.PAUSED);
        assertThat(running.calls).isEmpty();
        running.workflows.resume(id);
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.events(id)).contains("workflow_paused", "workflow_resumed");
    }

    @Test
    void cancelsWithWhatItWaitsForAndTellsRunningHandlers() {
        running.apply("{id: inner, nodes: [{id: g, type: task, executor: gated}]}");
        running.apply("{id: outer, nodes: [{id: sub, type: sub_workflow, config: {workflow: inner}}]}");
        var id = running.start("outer", "{}");
        running.awaitNode(id, "sub", NodeStatus.WAITING);
        var child = running.workflows.executions().list(Executions.Filter.newest(1).withParent(id)).getFirst().id();
        running.awaitNode(child, "g", NodeStatus.RUNNING);
        running.workflows.cancel(id, "no longer wanted");
        assertThat(running.find(id).status()).isEqualTo(ExecutionStatus.CANCELLED);
        assertThat(running.end(child).status()).isEqualTo(ExecutionStatus.CANCELLED);
        org.awaitility.Awaitility.await().until(() -> interrupted.get() == 1);
        assertThat(running.node(child, "g").status()).isEqualTo(NodeStatus.CANCELLED);
        assertThatThrownBy(() -> running.workflows.cancel(id, "")).isInstanceOf(ConflictException.class);
    }

    @Test
    void runsANodeAgainWithOrWithoutWhatIsBehindIt() {
        running.apply(DIAMOND);
        var id = running.start("diamond", "{'n': 1}");
        running.end(id);
        running.calls.clear();
        running.workflows.retry(id, "b", false);
        running.end(id);
        assertThat(running.calls).containsExactly("b");
        running.calls.clear();
        running.workflows.retry(id, "b", true);
        running.end(id);
        assertThat(running.calls).containsExactly("b", "d");
        assertThat(running.gaps()).isZero();
    }

    @Test
    void forksFromANodeWithAnotherInput() {
        running.apply(DIAMOND);
        var id = running.start("diamond", "{'n': 1}");
        running.end(id);
        running.calls.clear();
        var fork = running.workflows.fork(id, "c", Optional.of(Running.json("{'n': 2}")));
        assertThat(running.end(fork).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.calls).containsExactly("c", "d");
        assertThat(running.find(fork).forkedFrom()).contains(id);
        assertThat(running.find(fork).output()).isEqualTo(running.find(id).output());
        assertThat(running.gaps()).isZero();
    }

    @Test
    void goesOnWithoutANodeThatFailed() {
        running.apply("""
            {id: sk, nodes: [{id: f, type: task, executor: fragile}, {id: e, type: task, executor: echo},
                             {id: after, type: task, executor: echo, dependencies: [f, e]}]}""");
        var id = running.start("sk", "{}");
        running.end(id);
        running.workflows.skip(id, "f", "not needed");
        assertThat(running.end(id).status()).isEqualTo(ExecutionStatus.COMPLETED);
        assertThat(running.calls).contains("after");
    }

    @Test
    void endsAnAttemptThatIsOverItsTimeEvenIfItIgnoresInterruption() {
        running.apply("{id: slow, nodes: [{id: g, type: task, executor: gated, timeout: 200ms}]}");
        var execution = running.end(running.start("slow", "{}"));
        assertThat(execution.error().orElseThrow()).contains("timed out");
        running.apply("{id: silent, nodes: [{id: g, type: task, executor: gated, heartbeat_timeout: 200ms}]}");
        assertThat(running.end(running.start("silent", "{}")).error().orElseThrow()).contains("no heartbeat");
    }

    @Test
    void failsANodeWhoseOutputIsOverTheLimit() {
        try (var small = new Running(Map.of(), WorkflowSettings.defaults().withOutputMax(50))) {
            small.apply("{id: big, nodes: [{id: n, type: task, executor: echo, config: {text: '${input.text}'}}]}");
            var execution = small.end(small.start("big", "{'text': '" + "x".repeat(60) + "'}"));
            assertThat(execution.error().orElseThrow()).contains("at most 50", "howdah.workflow.output-max");
        }
    }

    @Test
    void storesArtifactsWithTheNodesEnd() throws Exception {
        running.apply("{id: art, nodes: [{id: n, type: task, executor: artist}]}");
        var id = running.start("art", "{}");
        running.end(id);
        var artifact = running.workflows.artifacts().list(id, Optional.empty(), 10).getFirst();
        assertThat(artifact.name()).isEqualTo("a.md");
        assertThat(artifact.sizeBytes()).isEqualTo(7);
        var out = new java.io.ByteArrayOutputStream();
        running.workflows.artifacts().read(artifact.id(), out);
        assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("# Hello");
    }

    @Test
    void keepsWhatAHandlerLoggedAndHowFarItCame() {
        running.apply("id: talk\nnodes: [{id: n, type: task, executor: talker}]");
        var id = running.start("talk", "{}");
        running.end(id);
        var task = running.queue.list(dev.howdah.queue.TaskFilter.newest(1)).items().getFirst().id();
        assertThat(running.queue.log(task, 0, 10)).extracting(line -> line.text()).containsExactly("one", "two");
        assertThat(running.queue.find(task).orElseThrow().progress().orElseThrow().toString()).contains("half");
    }

    @Test
    void failsANodeWhoseTaskWasCancelledByHand() {
        running.apply("{id: orphan, nodes: [{id: g, type: task, executor: gated}]}");
        var id = running.start("orphan", "{}");
        running.awaitNode(id, "g", NodeStatus.RUNNING);
        running.queue.cancel(running.node(id, "g").taskId().orElseThrow());
        assertThat(running.workflows.upkeep().failOrphans()).isEqualTo(1);
        assertThat(running.end(id).error().orElseThrow()).contains("was cancelled");
    }

    @Test
    void keepsTheNewestOfEachWorkflowIfOnlySoManyAreKept() {
        try (var few = new Running(Map.of(), WorkflowSettings.defaults().withRetention(Duration.ofDays(30), 2))) {
            few.apply("id: one\nnodes: [{id: n, type: task, executor: echo}]");
            few.apply("id: other\nnodes: [{id: n, type: task, executor: echo}]");
            var ids = java.util.stream.IntStream.range(0, 4).mapToObj(i -> few.start("one", "{}")).toList();
            ids.forEach(few::end);
            few.end(few.start("other", "{}"));
            assertThat(few.workflows.upkeep().deleteEnded()).isEqualTo(2);
            assertThat(few.workflows.executions().list(Executions.Filter.newest(10).withWorkflow("one")))
                    .extracting(Execution::id).containsExactly(ids.get(3), ids.get(2));
            assertThat(few.number("SELECT count(*) FROM workflow_executions")).isEqualTo(3);
        }
    }

    @Test
    void deletesWhatEndedLongAgoWithEverythingOfIt() {
        running.apply("{id: old, nodes: [{id: n, type: task, executor: artist}]}");
        var id = running.start("old", "{}");
        running.end(id);
        assertThat(running.workflows.upkeep().deleteEnded()).isZero();
        running.database.withHandle(handle -> handle.execute(
                "UPDATE workflow_executions SET completed_at = now() - interval '60 days'"));
        assertThat(running.workflows.upkeep().deleteEnded()).isEqualTo(1);
        for (var table : List.of("workflow_executions", "node_states", "execution_events", "artifacts")) {
            assertThat(running.number("SELECT count(*) FROM " + table)).as(table).isZero();
        }
    }
}
