package dev.howdah.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Snooze;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskFilter;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskReport;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The worker of every queue, over Redis. */
class RedisWorkerTest {
    private static final QueueSettings SETTINGS = QueueSettings.defaults().withConcurrency(8)
            .withLease(Duration.ofSeconds(2), Duration.ofMillis(200)).withRetry(Duration.ZERO, Duration.ZERO);
    private static final JsonNode RESULT = JsonMapper.shared().createObjectNode().put("done", true);

    private final String prefix = TestRedis.prefix();
    private final RedisTaskQueue queue = RedisTaskQueue.open(TestRedis.sharedUrl(), prefix, SETTINGS);
    private final List<Worker> workers = new CopyOnWriteArrayList<>();

    @AfterEach
    void stopWorkers() {
        workers.forEach(worker -> worker.stop(Duration.ofSeconds(1)));
        queue.close();
    }

    @Test
    void runsEachOfTenThousandTasksOnceWithTwoWorkers() {
        enqueue(queue, 10_000);
        var runs = new ConcurrentHashMap<UUID, Integer>();
        TaskHandler handler = task -> {
            runs.merge(task.id(), 1, Integer::sum);
            return RESULT;
        };
        start(queue, SETTINGS.withConcurrency(50), handler);
        start(queue, SETTINGS.withConcurrency(50), handler);
        awaitFinished(queue, 10_000, Duration.ofMinutes(2));
        assertThat(runs).hasSize(10_000).allSatisfy((id, count) -> assertThat(count).isEqualTo(1));
    }

    @Test
    void isWokenByAnotherProcessLongBeforeItPolls() {
        try (var other = RedisTaskQueue.open(TestRedis.sharedUrl(), prefix, SETTINGS)) {
            start(queue, SETTINGS.withPollInterval(Duration.ofHours(1)), task -> RESULT);
            await().atMost(Duration.ofSeconds(10)).until(queue::isWoken);
            enqueue(other, 1);
            awaitFinished(queue, 1, Duration.ofSeconds(10));
            other.enqueue(task(1).withDelay(Duration.ofMillis(300)));
            awaitFinished(queue, 2, Duration.ofSeconds(10));
        }
    }

    @Test
    void storesProgressAndLinesWhileAHandlerRunsAndPutsOffWhatItSnoozes() {
        var free = new CountDownLatch(1);
        var id = enqueue(queue, 1).getFirst();
        start(queue, SETTINGS, run -> {
            if (run.attempt() == 1) {
                throw new Snooze(Duration.ZERO);
            }
            run.progress(40, "working");
            run.log("first line");
            free.await();
            run.log("last line");
            return RESULT;
        });
        await().atMost(Duration.ofSeconds(10)).until(() -> queue.find(id).orElseThrow().progress().isPresent());
        assertThat(queue.log(id, 0, 10)).extracting(TaskReport.Line::text).containsExactly("first line");
        free.countDown();
        awaitFinished(queue, 1, Duration.ofSeconds(10));
        assertThat(queue.log(id, 0, 10)).extracting(TaskReport.Line::text).containsExactly("first line", "last line");
    }

    @Test
    void interruptsTheHandlerOfACancelledTask() throws Exception {
        var interrupted = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var id = enqueue(queue, 1).getFirst();
        start(queue, SETTINGS, task -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
            return RESULT;
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        queue.cancel(id);
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(queue.find(id).orElseThrow().state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void losesNothingWhenRedisIsKilledInTheMiddle() throws Exception {
        try (var server = TestRedis.start(); var own = RedisTaskQueue.open(server.url(), SETTINGS)) {
            var acknowledged = new CopyOnWriteArrayList<>(enqueue(own, 1000));
            var producing = new AtomicBoolean(true);
            var producer = Thread.ofVirtual().start(() -> {
                while (producing.get()) {
                    try {
                        acknowledged.addAll(enqueue(own, 5));
                    } catch (UnavailableException e) {
                        Thread.onSpinWait(); // not acknowledged, not counted
                    }
                }
            });
            var worker = start(own, SETTINGS, task -> {
                TimeUnit.MILLISECONDS.sleep(1);
                return RESULT;
            });
            for (int round = 1; round <= 2; round++) {
                int progress = round * 150;
                await().atMost(Duration.ofSeconds(30)).ignoreExceptionsInstanceOf(UnavailableException.class)
                        .until(() -> finished(own) > progress);
                server.kill();
                assertThatThrownBy(() -> own.claim("other", Set.of("none"), 1, Duration.ofMinutes(1)))
                        .as("an outage is no empty answer").isInstanceOf(UnavailableException.class)
                        .hasMessageContaining("cannot be reached");
                await().atMost(Duration.ofSeconds(10)).until(() -> worker.health().isTroubled());
                server.restart();
            }
            int before = acknowledged.size();
            await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.size() > before);
            producing.set(false);
            producer.join();
            await().atMost(Duration.ofSeconds(90)).ignoreExceptionsInstanceOf(UnavailableException.class).until(() -> {
                var states = own.statistics().byState();
                return states.getOrDefault(TaskState.QUEUED, 0L) + states.getOrDefault(TaskState.STARTED, 0L) == 0;
            });
            assertThat(own.find(acknowledged)).hasSize(acknowledged.size()).extracting(Task::state)
                    .containsOnly(TaskState.FINISHED);
            await().atMost(Duration.ofSeconds(40)).until(() -> !worker.health().isTroubled());
            worker.stop(Duration.ofSeconds(5));
        }
    }

    @Test
    void givesBackWhatDoesNotEndInTimeWithoutCountingTheAttempt() throws Exception {
        var begun = new CountDownLatch(1);
        enqueue(queue, 1);
        var worker = start(queue, SETTINGS, task -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return RESULT;
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        worker.stop(Duration.ofMillis(50));
        var task = queue.list(TaskFilter.newest(1)).items().getFirst();
        assertThat(task.state()).isEqualTo(TaskState.QUEUED);
    }

    private Worker start(RedisTaskQueue on, QueueSettings settings, TaskHandler handler) {
        var worker = new Worker(on, settings, Map.of("work", handler));
        workers.add(worker);
        worker.start();
        return worker;
    }

    private static NewTask task(int n) {
        return NewTask.of("work", JsonMapper.shared().createObjectNode().put("n", n));
    }

    private static List<UUID> enqueue(RedisTaskQueue on, int count) {
        return on.enqueue(IntStream.range(0, count).mapToObj(RedisWorkerTest::task).toList());
    }

    private static void awaitFinished(RedisTaskQueue on, int count, Duration limit) {
        await().atMost(limit).until(() -> finished(on) == count);
    }

    private static long finished(RedisTaskQueue on) {
        return on.statistics().byState().getOrDefault(TaskState.FINISHED, 0L);
    }
}
