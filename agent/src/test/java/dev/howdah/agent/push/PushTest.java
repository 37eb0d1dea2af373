package dev.howdah.agent.push;

import static dev.howdah.agent.push.Pushing.EAGER;
import static dev.howdah.agent.push.Pushing.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.push.PushDelivery.State;
import dev.howdah.agent.push.Receiver.Received;
import dev.howdah.queue.BulkAction;
import dev.howdah.queue.TaskFilter;
import dev.howdah.queue.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PushTest {
    /** One failure more opens the endpoint; attempts have no end. */
    private static final PushSettings CAREFUL = new PushSettings(Duration.ofSeconds(2), 1000, Duration.ofHours(24),
            Duration.ofMinutes(5), Duration.ofMinutes(5), 2, Duration.ofMinutes(10), Duration.ofMinutes(40), false);

    private final Receiver receiver = new Receiver();

    PushTest() throws IOException {}

    @AfterEach
    void stop() {
        receiver.close();
    }

    @Test
    void postsEveryEventInOrderWithTokenAndCredentials() throws Exception {
        try (var pushing = new Pushing(EAGER).running().posting()) {
            var task = pushing.task(2, new PushConfig("c1", "", receiver.url("/hook?secret=1"), Optional.of("token-1"),
                    Optional.of(new PushConfig.Authentication("Bearer", Optional.of("credentials-1")))));
            await().until(() -> pushing.states().stream().allMatch(State.DELIVERED::equals));
            var got = receiver.all();
            assertThat(got).extracting(Received::state).endsWith("TASK_STATE_COMPLETED");
            assertThat(got.stream().map(each -> each.body().at("/artifactUpdate/artifact/artifactId").asString(""))
                    .filter(id -> !id.isEmpty())).containsExactly("made-0", "made-1");
            assertThat(got).allSatisfy(each -> {
                assertThat(each.headers()).containsEntry("authorization", "Bearer credentials-1")
                        .containsEntry("x-a2a-notification-token", "token-1")
                        .containsEntry("content-type", "application/a2a+json");
                assertThat(each.body().values()).singleElement().satisfies(update -> assertThat(
                        update.path("taskId").asString()).isEqualTo(task.toString()));
            });
            assertThat(got).extracting(Received::delivery).doesNotHaveDuplicates()
                    .containsExactlyElementsOf(
                            pushing.deliveries().stream().map(each -> each.id().toString()).toList());
            assertThat(pushing.deliveries()).isNotEmpty().allSatisfy(each -> {
                assertThat(each.attempts()).isOne();
                assertThat(each.lastStatus()).hasValue(200);
                assertThat(each.nextAttempt()).isEmpty();
            });
            var stored = pushing.database.<String>withHandle(handle -> handle.createQuery(
                    "SELECT token::text || credentials::text FROM push_configs").mapTo(String.class).one());
            assertThat(stored).doesNotContain("token-1", "credentials-1").contains("k1");
            assertThat(pushing.endpoint().state()).isEqualTo(PushEndpoint.State.CLOSED);
            await().until(() -> pushing.queue.statistics().byState().getOrDefault(
                    TaskState.QUEUED, 0L) == 0);
        }
    }

    @Test
    void whatWasCommittedIsPostedThoughThoseWhoShouldHaveDied() throws Exception {
        try (var pushing = new Pushing(EAGER).running()) {
            pushing.task(3, to(receiver.url("/")));
            assertThat(receiver.all()).isEmpty(); // nobody posts yet; this is a process killed after the commit
            assertThat(pushing.queue.claim("killed", Set.of(PushLane.TASK_TYPE), 10, Duration.ofMillis(1)))
                    .hasSize(1); // and this is one killed while it posts
            pushing.posting();
            await().until(() -> pushing.states().stream().allMatch(State.DELIVERED::equals));
            assertThat(receiver.all()).hasSameSizeAs(pushing.deliveries());
        }
    }

    @Test
    void anEndpointThatIsDownForAnHourIsLeftAloneAndGetsEverythingAfterwards() throws Exception {
        receiver.answer = received -> 503;
        try (var pushing = new Pushing(CAREFUL).running().posting()) {
            pushing.task(3, to(receiver.url("/")));
            await().until(() -> pushing.deliveries().getFirst().attempts() == 1);
            pushing.later("7 minutes"); // the pause, and its jitter
            await().until(() -> pushing.endpoint().state() == PushEndpoint.State.OPEN);
            assertThat(receiver.all()).hasSize(2);

            pushing.task(1, to(receiver.url("/other")));
            pushing.later("5 minutes"); // the delivery is due, and the endpoint is left alone
            pushing.later("6 minutes"); // one of the two lanes tries it
            await().until(() -> receiver.all().size() == 3);
            await().until(() -> pushing.endpoint().failures() == 3);
            assertThat(pushing.endpoint().lastError()).contains("the receiver answered 503");
            assertThat(pushing.deliveries().stream().mapToInt(PushDelivery::attempts).sum()).isEqualTo(3);
            assertThat(pushing.deliveries()).extracting(PushDelivery::state).containsOnly(State.PENDING);

            receiver.answer = received -> 200;
            pushing.later("45 minutes");
            await().until(() -> pushing.states().stream().allMatch(State.DELIVERED::equals));
            assertThat(pushing.endpoint().state()).isEqualTo(PushEndpoint.State.CLOSED);
            assertThat(pushing.endpoint().failures()).isZero();
            var taken = receiver.all().subList(3, receiver.all().size());
            assertThat(taken).hasSameSizeAs(pushing.deliveries());
            for (var path : List.of("/", "/other")) {
                assertThat(taken.stream().filter(each -> each.path().equals(path))).extracting(Received::state)
                        .endsWith("TASK_STATE_COMPLETED");
            }
        }
    }

    @Test
    void whatFailsTooOftenIsDeadAndCanBeRetriedOrDiscarded() throws Exception {
        receiver.answer = received -> 401;
        try (var pushing = new Pushing(EAGER).running().posting()) {
            pushing.task(1, to(receiver.url("/")));
            await().until(() -> pushing.states().stream().allMatch(State.DEAD::equals));
            var dead = pushing.deliveries();
            assertThat(receiver.all()).hasSize(dead.size() * 3);
            assertThat(dead).allSatisfy(each -> {
                assertThat(each.attempts()).isEqualTo(3);
                assertThat(each.lastStatus()).hasValue(401);
                assertThat(each.lastError()).contains("the receiver answered 401");
            });
            assertThat(pushing.endpoint().dead()).isEqualTo(dead.size());
            assertThat(pushing.endpoint().failures()).isZero(); // it is well: it says no

            receiver.answer = received -> 204;
            var ids = dead.stream().map(PushDelivery::id).toList();
            assertThat(pushing.push.deliveries().retry("bob", ids)).isEmpty();
            assertThat(pushing.push.deliveries().discard("bob", ids)).isEmpty();
            assertThat(pushing.push.deliveries().discard("ada", ids.subList(0, 1))).containsExactly(ids.getFirst());
            assertThat(pushing.push.deliveries().retry("ada", ids)).hasSize(ids.size() - 1);
            await().until(() -> !pushing.states().contains(State.PENDING));
            assertThat(pushing.states()).startsWith(State.DISCARDED).contains(State.DELIVERED)
                    .doesNotContain(State.DEAD);
        }
    }

    @Test
    void whatIsOldAndFailsIsDead() throws Exception {
        receiver.answer = received -> 500;
        try (var pushing = new Pushing(CAREFUL).running()) {
            pushing.task(0, to(receiver.url("/")));
            pushing.later("25 hours");
            pushing.posting();
            await().until(() -> pushing.deliveries().getFirst().state() == State.DEAD);
            assertThat(pushing.deliveries().getFirst().attempts()).isOne();
        }
    }

    @Test
    void whatTheReceiverDoesNotWantDoesNotHoldUpTheRest() throws Exception {
        receiver.answer = received -> received.state().equals("TASK_STATE_COMPLETED") ? 200 : 410;
        try (var pushing = new Pushing(EAGER).running().posting()) {
            pushing.task(2, to(receiver.url("/")));
            await().until(() -> !pushing.states().contains(State.PENDING));
            assertThat(receiver.all()).hasSameSizeAs(pushing.deliveries());
            assertThat(pushing.states()).endsWith(State.DELIVERED).contains(State.DEAD);
        }
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        receiver.answer = received -> 307;
        try (var pushing = new Pushing(EAGER).running().posting()) {
            pushing.task(0, to(receiver.url("/")));
            await().until(() -> pushing.states().stream().allMatch(State.DEAD::equals));
            assertThat(receiver.all()).extracting(Received::path).containsOnly("/");
            assertThat(pushing.deliveries().getFirst().lastError().orElseThrow()).contains("redirect");
        }
    }

    @Test
    void anAddressThatLeadsInsideIsRefusedWhenItIsPostedToAsWell() throws Exception {
        try (var pushing = new Pushing(EAGER, Map.of(), Pushing.KEY).running()) {
            pushing.task(0, to("https://example.org/hook"));
            pushing.database.useTransaction(tx -> tx.handle().createUpdate("UPDATE push_configs SET url = :url")
                    .bind("url", receiver.url("/")).execute());
            pushing.posting();
            await().until(() -> pushing.states().stream().allMatch(State.DEAD::equals));
            assertThat(pushing.deliveries().getFirst().lastError().orElseThrow()).contains("a loopback address");
            assertThat(receiver.all()).isEmpty();
        }
    }

    @Test
    void aSlowReceiverIsGivenUpAndTheConnectionThatIsRefusedToo() throws Exception {
        var release = new java.util.concurrent.CountDownLatch(1);
        receiver.answer = received -> {
            try {
                release.await(20, java.util.concurrent.TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return 200;
        };
        var impatient = new PushSettings(Duration.ofSeconds(1), 1, Duration.ofHours(1), Duration.ZERO, Duration.ZERO,
                100,
                Duration.ofHours(1), Duration.ofHours(1), false);
        try (var pushing = new Pushing(impatient).running().posting()) {
            pushing.task(0, to(receiver.url("/")));
            await().until(() -> pushing.states().contains(State.DEAD));
            assertThat(pushing.deliveries().getFirst().lastError().orElseThrow()).contains("within 1000 ms");
        } finally {
            release.countDown();
        }
    }

    @Test
    void aLaneWhoseTaskIsGoneGetsAnother() throws Exception {
        try (var pushing = new Pushing(EAGER).running()) {
            pushing.task(0, to(receiver.url("/")));
            assertThat(pushing.queue.apply(BulkAction.CANCEL, TaskFilter.newest(1), 10)).isOne();
            pushing.posting();
            pushing.database.useTransaction(tx -> tx.handle().createUpdate(
                    "UPDATE push_deliveries SET due_at = now() - interval '2 minutes'").execute());
            assertThat(pushing.push.upkeep().runOnce()).isOne();
            await().until(() -> pushing.states().stream().allMatch(State.DELIVERED::equals));
            assertThat(pushing.push.upkeep().runOnce()).isZero();
        }
    }

    @Test
    void manyEventsOfManyTasksArriveOnceAndInOrderWhoeverPostsThem() throws Exception {
        int tasks = 12;
        int artifacts = 15;
        Set<String> failedOnce = ConcurrentHashMap.newKeySet();
        receiver.answer = received -> Math.floorMod(received.delivery().hashCode(), 10) == 0
                && failedOnce.add(received.delivery()) ? 500 : 200;
        try (var pushing = new Pushing(EAGER).running().running().posting().posting().posting();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var ids = new HashSet<UUID>();
            Callable<UUID> caller = () -> pushing.task(artifacts, to(receiver.url("/")));
            for (var each : callers.invokeAll(Collections.nCopies(tasks, caller))) {
                ids.add(each.get());
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> pushing.states().stream()
                    .allMatch(State.DELIVERED::equals));
            assertThat(ids).hasSize(tasks);
            var expected = IntStream.range(0, artifacts).mapToObj(i -> "made-" + i).toList();
            for (var id : ids) {
                assertThat(receiver.all().stream().map(each -> each.body().path("artifactUpdate"))
                        .filter(update -> update.path("taskId").asString("").equals(id.toString()))
                        .map(update -> update.at("/artifact/artifactId").asString()).distinct()).isEqualTo(expected);
            }
            assertThat(receiver.all()).hasSize(pushing.deliveries().size() + failedOnce.size());
        }
    }
}
