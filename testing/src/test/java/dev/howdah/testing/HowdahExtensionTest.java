package dev.howdah.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.CacheValue;
import dev.howdah.cache.Caches;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Schedule;
import dev.howdah.queue.Schedules;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskAttempt;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.Worker;
import dev.howdah.sessions.NewSession;
import dev.howdah.sessions.SessionSettings;
import dev.howdah.sessions.Sessions;
import dev.howdah.workflow.Programs;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HowdahExtensionTest {
    private static final JsonNode NOTHING = JsonMapper.shared().createObjectNode();
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofSeconds(30);

    @RegisterExtension
    final HowdahExtension howdah = HowdahExtension.withModules("workflow", "cache", "sessions");

    /** What a service might do when an order comes. */
    private Map<String, TaskHandler> shop(List<String> done) {
        return Map.of("order", run -> {
            done.add("order");
            howdah.queue().enqueue(NewTask.of("invoice", run.payload()));
            howdah.queue().enqueue(NewTask.of("reminder", run.payload()).withDelay(Duration.ofDays(14)));
            return NOTHING;
        }, "invoice", run -> {
            done.add("invoice");
            return run.payload();
        }, "reminder", run -> {
            done.add("reminder");
            return NOTHING;
        });
    }

    private static JsonNode order(int number) {
        return JsonMapper.shared().createObjectNode().put("order", number);
    }

    @Test
    void drainsWhatIsDueAndWhatThatEnqueues() {
        var done = new ArrayList<String>();
        howdah.queue().enqueue(NewTask.of("order", order(7)));
        howdah.queue().enqueue(NewTask.of("unknown", NOTHING));
        var ended = howdah.tasks().drain(shop(done));
        assertThat(ended).extracting(Task::type).containsExactly("order", "invoice");
        assertThat(ended).extracting(Task::state).containsOnly(TaskState.FINISHED);
        assertThat(ended.getLast().result()).contains(order(7));
        howdah.tasks().assertEnqueued("reminder");
        howdah.tasks().assertEnqueued("unknown");
        assertThat(howdah.tasks().drain(shop(done))).isEmpty();
        howdah.clock().advance(Duration.ofDays(14));
        assertThat(howdah.tasks().drain(shop(done))).extracting(Task::type).containsExactly("reminder");
        assertThat(done).containsExactly("order", "invoice", "reminder");
    }

    @Test
    void anAttemptThatFailedIsDueAgainAfterItsPause() {
        var attempts = new AtomicInteger();
        Map<String, TaskHandler> handlers = Map.of("shaky", run -> {
            if (attempts.incrementAndGet() == 1) {
                throw new IllegalStateException("not yet");
            }
            return NOTHING;
        });
        howdah.queue().enqueue(NewTask.of("shaky", NOTHING));
        assertThat(howdah.tasks().drain(handlers)).isEmpty();
        assertThat(howdah.tasks().assertEnqueued("shaky").error().orElseThrow()).contains("not yet");
        howdah.clock().advance(Duration.ofMinutes(1));
        assertThat(howdah.tasks().drain(handlers)).extracting(Task::attempt).containsExactly(2);
    }

    @Test
    void aWorkflowSleepsForTwoWeeksAtOnce() throws Exception {
        try (var programs = new Programs(howdah.database(), howdah.queue())) {
            programs.register("reminder", Integer.class, (workflow, order) -> {
                var begun = workflow.now();
                workflow.sleep("two weeks", Duration.ofDays(14));
                return Duration.between(begun, workflow.now()).toDays();
            });
            howdah.clock().advance(Duration.ofDays(365));
            var id = programs.start("reminder", 7);
            howdah.tasks().drain(programs.handlers());
            assertThat(programs.awaitResult(id, SHORT)).isEmpty();
            howdah.clock().advance(Duration.ofDays(14));
            howdah.tasks().drain(programs.handlers());
            assertThat(programs.awaitResult(id, LONG, Integer.class)).contains(14);
        }
    }

    @Test
    void aCrashBetweenAStepAndItsRecordRunsTheStepAgain() throws Exception {
        var crash = new CrashPoint();
        var charged = new AtomicInteger();
        var shipped = new AtomicInteger();
        try (var programs = new Programs(howdah.database(), howdah.queue())) {
            programs.register("checkout", Integer.class, (workflow, order) -> {
                workflow.run("charge", charged::incrementAndGet);
                workflow.run("ship", () -> {
                    shipped.incrementAndGet();
                    crash.reach();
                });
                return order;
            });
            crash.arm();
            var id = programs.start("checkout", 7);
            howdah.tasks().drain(programs.handlers());
            assertThat(crash.isArmed()).isFalse();
            assertThat(programs.awaitResult(id, SHORT)).isEmpty();
            howdah.clock().advance(Duration.ofMinutes(1));
            howdah.tasks().drain(programs.handlers());
            assertThat(programs.awaitResult(id, LONG, Integer.class)).contains(7);
        }
        assertThat(charged).hasValue(1);
        assertThat(shipped).hasValue(2);
    }

    @Test
    void aTaskThatCrashesRunsAgain() {
        var crash = new CrashPoint();
        crash.arm();
        Map<String, TaskHandler> handlers = Map.of("mail", run -> {
            crash.reach();
            return NOTHING;
        });
        var id = howdah.queue().enqueue(NewTask.of("mail", NOTHING));
        assertThat(howdah.tasks().drain(handlers)).isEmpty();
        howdah.clock().advance(Duration.ofMinutes(1));
        assertThat(howdah.tasks().drain(handlers)).extracting(Task::id).containsExactly(id);
        assertThat(howdah.queue().attempts(id)).extracting(TaskAttempt::attempt).containsExactly(1, 2);
    }

    @Test
    void aLeaseRunsOut() {
        howdah.queue().enqueue(NewTask.of("mail", NOTHING));
        var claimed = howdah.queue().claim("dies", Set.of("mail"), 1, Duration.ofSeconds(15));
        assertThat(claimed).hasSize(1);
        assertThat(howdah.queue().recoverLost(10)).isZero();
        howdah.clock().advance(Duration.ofSeconds(16));
        assertThat(howdah.queue().recoverLost(10)).isEqualTo(1);
    }

    @Test
    void aScheduleFiresOnceForEachOfItsTimes() {
        var schedules = new Schedules(howdah.database(), howdah.queue());
        schedules.put(Schedule.cron("nightly", "30 2 * * *", ZoneOffset.UTC, NewTask.of("clean-up", NOTHING)));
        assertThat(schedules.runDue(10)).isZero();
        var runs = new AtomicInteger();
        Map<String, TaskHandler> handlers = Map.of("clean-up", run -> {
            runs.incrementAndGet();
            return NOTHING;
        });
        for (int day = 1; day <= 3; day++) {
            howdah.clock().advance(Duration.ofDays(1));
            schedules.runDue(10);
            howdah.tasks().drain(handlers);
            assertThat(runs).hasValue(day);
        }
    }

    @Test
    void cachesAndSessionsExpire() {
        try (var caches = new Caches(howdah.database(), CacheSettings.defaults());
                var sessions = new Sessions(howdah.database(), SessionSettings.defaults())) {
            var cache = caches.open("rates");
            cache.set("EUR", CacheValue.text("1.09"));
            var session = sessions.create(NewSession.of("ada")).id();
            howdah.clock().advance(Duration.ofMinutes(59));
            assertThat(cache.get("EUR")).isPresent();
            howdah.clock().advance(Duration.ofMinutes(2));
            assertThat(cache.get("EUR")).isEmpty();
            assertThat(sessions.find(session)).isPresent();
            howdah.clock().advance(Duration.ofDays(2));
            assertThat(sessions.find(session)).isEmpty();
        }
    }

    @Test
    void theClockGoesOnlyForward() {
        var moment = Instant.parse("2040-01-01T00:00:00Z");
        howdah.clock().advanceTo(moment);
        assertThat(howdah.clock().now()).isBetween(moment, moment.plus(LONG));
        assertThatThrownBy(() -> howdah.clock().advanceTo(moment.minusSeconds(1)))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("only goes forward");
    }

    @Test
    void assertionsTellWhatThereIs() {
        assertThatThrownBy(() -> howdah.tasks().assertEnqueued("mail")).isInstanceOf(AssertionError.class)
                .hasMessage("expected one task of type \"mail\", and there are 0; nothing is enqueued");
        howdah.queue().enqueue(List.of(NewTask.of("mail", order(1)), NewTask.of("mail", order(2)),
                NewTask.of("invoice", order(1))));
        assertThat(howdah.tasks().assertEnqueued("mail", Map.of("order", 2)).payload()).isEqualTo(order(2));
        assertThat(howdah.tasks().enqueued("mail")).extracting(Task::payload).containsExactly(order(1), order(2));
        assertThatThrownBy(() -> howdah.tasks().assertEnqueued("mail")).isInstanceOf(AssertionError.class).hasMessage(
                "expected one task of type \"mail\", and there are 2; enqueued are 1 invoice, 2 mail");
        assertThatThrownBy(() -> howdah.tasks().assertEnqueued("mail", order(3))).isInstanceOf(AssertionError.class)
                .hasMessage("expected a task of type \"mail\" with {\"order\":3}, and there are 2: {\"order\":1}, "
                        + "{\"order\":2}; enqueued are 1 invoice, 2 mail");
        assertThatThrownBy(() -> howdah.tasks().assertNotEnqueued("invoice")).isInstanceOf(AssertionError.class)
                .hasMessage("expected no task of type \"invoice\", and there are 1: {\"order\":1}");
        howdah.tasks().assertNotEnqueued("reminder");
    }

    @Test
    void waitsForWorkersOfTheApplication() {
        var settings = QueueSettings.defaults();
        var go = new CountDownLatch(1);
        var queue = howdah.queue();
        try (var worker = new Worker(queue, settings, Map.of("slow", run -> {
            go.await();
            return NOTHING;
        }))) {
            worker.start();
            var id = queue.enqueue(NewTask.of("slow", NOTHING));
            assertThatThrownBy(() -> howdah.tasks().awaitIdle(SHORT)).isInstanceOf(AssertionError.class)
                    .hasMessageContaining("slow " + id);
            go.countDown();
            howdah.tasks().awaitIdle(LONG);
            assertThat(queue.find(id).orElseThrow().state()).isEqualTo(TaskState.FINISHED);
        }
    }

    @Test
    void anEnvironmentIsAnEmptySchemaThatIsDropped() {
        String schema;
        try (var other = TestEnvironment.create()) {
            schema = other.settings().schema();
            howdah.queue().enqueue(NewTask.of("mail", NOTHING));
            other.tasks().assertNotEnqueued("mail");
            assertThat(exists(schema)).isTrue();
        }
        assertThat(exists(schema)).isFalse();
    }

    private boolean exists(String schema) {
        Database database = howdah.database();
        return database.withHandle(handle -> handle.createQuery("SELECT to_regnamespace(:schema) IS NOT NULL")
                .bind("schema", schema).mapTo(Boolean.class).one());
    }
}
