package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.UnavailableException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WorkerTest {
    private static final QueueSettings SETTINGS = QueueSettings.defaults().withConcurrency(8)
            .withLease(Duration.ofSeconds(2), Duration.ofMillis(200)).withRetry(Duration.ZERO, Duration.ZERO);
    private static final JsonNode RESULT = JsonMapper.shared().createObjectNode().put("done", true);

    private final Database database = PostgresTaskQueueTest.migrated();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, SETTINGS);
    private final List<Worker> workers = new java.util.concurrent.CopyOnWriteArrayList<>();

    @AfterEach
    void stopWorkers() {
        workers.forEach(worker -> worker.stop(Duration.ofSeconds(1)));
    }

    @Test
    void runsEachOfTenThousandTasksOnceWithTwoWorkers() {
        enqueue(10_000);
        var runs = new ConcurrentHashMap<UUID, Integer>();
        TaskHandler handler = task -> {
            runs.merge(task.id(), 1, Integer::sum);
            return RESULT;
        };
        start(SETTINGS.withConcurrency(50), handler);
        start(SETTINGS.withConcurrency(50), handler);

        awaitFinished(10_000, Duration.ofMinutes(2));
        assertThat(runs).hasSize(10_000).allSatisfy((id, count) -> assertThat(count).isEqualTo(1));
        assertThat(number("SELECT count(*) FROM task_history")).isEqualTo(10_000);
    }

    @Test
    void runsAtOnceWhatIsEnqueuedWhileItIsIdleUnlessTheQueueIsPaused() {
        start(SETTINGS, task -> RESULT);
        for (int i = 0; i < 200; i++) {
            enqueue(1);
        }
        awaitFinished(200, Duration.ofSeconds(60));
        new Queues(database).pause("default");
        enqueue(1);
        var waiting = queue.list(TaskFilter.newest(1)).items().getFirst();
        assertThat(waiting.state()).isEqualTo(TaskState.QUEUED);
        new Queues(database).resume("default");
        awaitFinished(201, Duration.ofSeconds(60));
        assertThat(number("SELECT count(*) FROM claims")).isZero();
    }

    @Test
    void storesNothingForHandlersThatHaveEndedTheirTasksThemselves() {
        enqueue(100);
        var worker = start(SETTINGS, run -> {
            database.useTransaction(tx -> queue.complete(tx, List.of(new Completion.Finished(run.task(), RESULT))));
            run.markEnded();
            if (run.payload().hashCode() % 2 == 0) {
                throw new IllegalStateException("comes too late to count");
            }
            return JsonMapper.shared().createObjectNode();
        });
        awaitFinished(100, Duration.ofSeconds(60));
        await().atMost(Duration.ofSeconds(10)).until(() -> worker.health().active() == 0);
        assertThat(number("SELECT count(*) FROM task_history WHERE result = '{\"done\":true}' AND state = 'finished'"))
                .isEqualTo(100);
        // Two transactions that end the last two tasks of a claim both leave its row; it goes with its lease.
        await().atMost(Duration.ofSeconds(20)).until(() -> number("SELECT count(*) FROM claims") == 0);
    }

    @Test
    void freesTheSlotOnceItsHandlerHasEndedTheTaskItself() {
        var mayLeave = new CountDownLatch(1);
        var worker = start(SETTINGS.withConcurrency(1), run -> {
            database.useTransaction(tx -> queue.complete(tx, List.of(new Completion.Finished(run.task(), RESULT))));
            run.markEnded();
            mayLeave.await();
            return RESULT;
        });
        enqueue(3);
        awaitFinished(3, Duration.ofSeconds(60));
        await().until(() -> worker.health().active() == 0); // the last one has not said so yet when its end is stored
        mayLeave.countDown();
    }

    @Test
    void runsWhatItWasClaimingWhenItWasStopped() throws Exception {
        enqueue(1);
        var claiming = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var slow = (TaskQueue) Proxy.newProxyInstance(TaskQueue.class.getClassLoader(),
                new Class<?>[]{TaskQueue.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("claim")) {
                        claiming.countDown();
                        release.await();
                    }
                    return method.invoke(queue, arguments);
                });
        var worker = new Worker(slow, SETTINGS, Map.of("work", task -> RESULT));
        worker.start();
        claiming.await();
        var stopping = Thread.ofVirtual().start(worker::close);
        await().until(() -> !worker.health().running());
        await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING
                || stopping.getState() == Thread.State.TERMINATED);
        release.countDown();
        stopping.join();
        assertThat(number("SELECT count(*) FROM task_history WHERE state = 'finished'")).isEqualTo(1);
    }

    @Test
    void finishesTheTasksOfAWorkerThatWasKilledWithMinusNine() throws Exception {
        enqueue(1000);
        var child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), WorkerProcess.class.getName(), database.settings().url(),
                database.settings().user(), database.settings().password(), database.settings().schema())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        await().atMost(Duration.ofSeconds(60)).until(() -> number("SELECT count(*) FROM task_history") > 200);
        child.destroyForcibly().waitFor();
        assertThat(number("SELECT count(*) FROM tasks WHERE state = 'started'")).as("in the killed one's hands")
                .isPositive();
        start(SETTINGS, task -> RESULT);

        awaitFinished(1000, Duration.ofSeconds(60));
        assertThat(number("SELECT count(*) FROM task_history WHERE state = 'finished'")).as("each once")
                .isEqualTo(1000);
        assertThat(number("SELECT count(*) FROM task_attempts WHERE outcome = 'lost'")).isPositive();
        assertThat(number("SELECT count(DISTINCT worker) FROM task_history WHERE state = 'finished'")).isEqualTo(2);
    }

    @Test
    void losesNothingWhenTheDatabaseIsLostInTheMiddle() {
        enqueue(500);
        var worker = start(SETTINGS.withConcurrency(4), task -> {
            TimeUnit.MILLISECONDS.sleep(2);
            return RESULT;
        });
        for (int i = 1; i <= 3; i++) {
            int progress = i * 50;
            // Our own connections are among those that are ended.
            await().atMost(Duration.ofSeconds(30)).ignoreExceptionsInstanceOf(UnavailableException.class)
                    .until(() -> number("SELECT count(*) FROM task_history") > progress);
            terminateAllConnections();
        }
        awaitFinished(500, Duration.ofSeconds(60));
        assertThat(number("SELECT count(*) FROM task_history WHERE state = 'finished'")).isEqualTo(500);
        await().atMost(Duration.ofSeconds(10)).until(() -> !worker.health().isTroubled());
    }

    @Test
    void showsAnOutageInHealthAndGoesOnAfterIt() {
        var worker = start(SETTINGS.withPollInterval(Duration.ofMillis(50)), task -> RESULT);
        database.withHandle(handle -> handle.execute("ALTER TABLE tasks RENAME TO tasks_away"));
        await().atMost(Duration.ofSeconds(30)).until(() -> worker.health().isTroubled());
        assertThat(worker.health().lastError().orElse("")).contains("tasks");
        database.withHandle(handle -> handle.execute("ALTER TABLE tasks_away RENAME TO tasks"));
        await().atMost(Duration.ofSeconds(40)).until(() -> !worker.health().isTroubled());
        enqueue(1);
        awaitFinished(1, Duration.ofSeconds(10));
    }

    @Test
    void keepsResultsWhileTheDatabaseRefusesWritesAndStoresThemAfterwards() {
        var gate = new java.util.concurrent.CountDownLatch(1);
        var worker = start(SETTINGS.withConcurrency(10), run -> {
            gate.await();
            return RESULT;
        });
        enqueue(10);
        await().until(() -> worker.health().active() == 10);
        setReadOnly(true);
        try {
            assertThatThrownBy(() -> enqueue(1)).isInstanceOfSatisfying(UnavailableException.class,
                    e -> assertThat(e.code()).isEqualTo("database-read-only"));
            gate.countDown();
            await().atMost(Duration.ofSeconds(20)).until(() -> worker.health().isTroubled());
        } finally {
            setReadOnly(false);
        }
        awaitFinished(10, Duration.ofSeconds(30));
        assertThat(number("SELECT count(*) FROM task_history WHERE attempt > 1")).isZero();
    }

    /** As after a failover; for all sessions of the server. */
    private void setReadOnly(boolean value) {
        var settings = database.settings();
        try (var connection = java.sql.DriverManager.getConnection(settings.url(), settings.user(),
                settings.password()); var statement = connection.createStatement()) {
            statement.execute("SET default_transaction_read_only = off");
            statement.execute("ALTER SYSTEM SET default_transaction_read_only = " + value);
            statement.execute("SELECT pg_reload_conf()");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
        await().until(() -> database.<Boolean>withHandle(handle -> handle.createQuery(
                "SELECT current_setting('default_transaction_read_only')::boolean").mapTo(Boolean.class)
                .one()) == value);
    }

    @Test
    void endsAnAttemptAtItsTimeoutThoughTheHandlerDoesNotListen() {
        var free = new CountDownLatch(1);
        var id = queue.enqueue(NewTask.of("work", JsonMapper.shared().createObjectNode()).withMaxAttempts(1)
                .withTimeout(Duration.ofMillis(100)));
        start(SETTINGS, run -> {
            while (free.getCount() > 0) {
                try {
                    free.await();
                } catch (InterruptedException e) {
                    assertThat(run.isStopped()).isFalse(); // cleared by the exception, and ignored
                }
            }
            return RESULT;
        });
        await().atMost(Duration.ofSeconds(10)).until(() -> queue.find(id).orElseThrow().state() == TaskState.FAILED);
        assertThat(queue.find(id).orElseThrow().error().orElse("")).contains("timed out after PT0.1S");
        free.countDown();
    }

    @Test
    void storesProgressAndLinesWhileAHandlerRunsAndPutsOffWhatItSnoozes() {
        var free = new CountDownLatch(1);
        var id = enqueue(1).getFirst();
        start(SETTINGS, run -> {
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
        assertThat(queue.find(id).orElseThrow().progress().orElseThrow().path("percent").asInt()).isEqualTo(40);
        assertThat(queue.log(id, 0, 10)).extracting(TaskReport.Line::text).containsExactly("first line");
        free.countDown();
        awaitFinished(1, Duration.ofSeconds(10));
        assertThat(queue.log(id, 0, 10)).extracting(TaskReport.Line::text).containsExactly("first line", "last line");
    }

    @Test
    void givesBackWhatDoesNotEndInTimeWithoutCountingTheAttempt() throws Exception {
        var begun = new CountDownLatch(1);
        enqueue(1);
        var worker = start(SETTINGS, task -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return RESULT;
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        worker.stop(Duration.ofMillis(50));
        var task = queue.list(TaskFilter.newest(1)).items().getFirst();
        assertThat(task.state()).isEqualTo(TaskState.QUEUED);
        assertThat(queue.attempts(task.id())).extracting(TaskAttempt::outcome)
                .containsExactly(TaskAttempt.Outcome.RELEASED);
        assertThat(worker.health().running()).isFalse();
    }

    @Test
    void letsRunningTasksEndAtAGracefulStop() throws Exception {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        enqueue(1);
        var worker = start(SETTINGS, task -> {
            begun.countDown();
            go.await();
            return RESULT;
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        var stopping = Thread.ofVirtual().start(() -> worker.stop(Duration.ofSeconds(20)));
        go.countDown();
        assertThat(stopping.join(Duration.ofSeconds(20))).isTrue();
        awaitFinished(1, Duration.ofSeconds(1));
    }

    @Test
    void interruptsTheHandlerOfACancelledTask() throws Exception {
        var interrupted = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        var id = enqueue(1).getFirst();
        start(SETTINGS, task -> {
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
    void recordsWhatAHandlerThrowsAndRetriesOnlyWhatMayHelp() {
        var runs = new AtomicInteger();
        var id = enqueue(1).getFirst();
        start(SETTINGS.withPollInterval(Duration.ofMillis(50)), task -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalArgumentException("a passing fault");
            }
            throw new PermanentFailure("this will never work");
        });
        await().atMost(Duration.ofSeconds(20)).until(() -> queue.find(id).orElseThrow().state() == TaskState.FAILED);
        assertThat(queue.attempts(id)).hasSize(2);
        assertThat(queue.attempts(id).getFirst().error().orElse("")).startsWith(
                "java.lang.IllegalArgumentException: a passing fault\n  at dev.howdah.queue.WorkerTest");
        assertThat(queue.find(id).orElseThrow().error()).contains("this will never work");
    }

    @Test
    void storesTheOthersWhenOneResultCannotBeStored() {
        var bad = JsonMapper.shared().createObjectNode().put("text", "\uD800\u0000");
        var ids = enqueue(20);
        start(SETTINGS, task -> task.id().equals(ids.get(7)) ? bad : RESULT);
        awaitFinished(19, Duration.ofSeconds(20));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> queue.find(ids.get(7)).orElseThrow().state() == TaskState.FAILED);
    }

    @Test
    void putsMiddlewareAroundEveryHandlerTheFirstOutermost() {
        var seen = new java.util.concurrent.CopyOnWriteArrayList<String>();
        TaskMiddleware outer = (run, next) -> {
            seen.add("before " + run.task().partition().orElse("nobody"));
            try {
                return next.handle(run);
            } finally {
                seen.add("after");
            }
        };
        var worker = new Worker(queue, SETTINGS, Map.of("work", run -> {
            seen.add("handles " + org.slf4j.MDC.get("partition"));
            if (run.attempt() == 1) {
                throw new IllegalStateException("no");
            }
            return RESULT;
        }), List.of(outer, new LogContext()));
        workers.add(worker);
        worker.start();
        queue.enqueue(NewTask.of("work", RESULT).withPartition("acme"));
        awaitFinished(1, Duration.ofSeconds(20));
        assertThat(seen).containsExactly("before acme", "handles acme", "after", "before acme", "handles acme",
                "after");
    }

    @Test
    void tellsCodeOfAHandlerWhichTaskItWorksForAlsoOnOtherThreads() {
        var seen = new java.util.concurrent.CopyOnWriteArrayList<Optional<UUID>>();
        var worker = new Worker(queue, SETTINGS, Map.of("work", run -> {
            seen.add(CurrentTask.id());
            Thread.ofVirtual().start(CurrentTask.carry(() -> seen.add(CurrentTask.id()))).join();
            Thread.ofVirtual().start(() -> seen.add(CurrentTask.id())).join();
            return RESULT;
        }), List.of(new CurrentTask()));
        workers.add(worker);
        worker.start();
        var id = Optional.of(enqueue(1).getFirst());
        awaitFinished(1, Duration.ofSeconds(20));
        assertThat(seen).containsExactly(id, id, Optional.empty());
        assertThat(CurrentTask.id()).isEmpty();
    }

    @Test
    void showsWorkersAndWhatTheyRunUntilTheySayGoodbye() {
        var release = new java.util.concurrent.CountDownLatch(1);
        var worker = start(SETTINGS, run -> {
            run.progress(40, "on the way");
            release.await();
            return RESULT;
        });
        var id = enqueue(1).getFirst();
        queue.enqueue(NewTask.of("other", RESULT));
        queue.claim("python-1", Set.of("other"), 1, Duration.ofMinutes(1));
        var known = new Workers(database);
        await().until(() -> known.list().stream().flatMap(view -> view.tasks().stream())
                .anyMatch(task -> task.progress().isPresent()));
        assertThat(known.list()).hasSize(2).anySatisfy(view -> {
            assertThat(view.id()).isEqualTo(worker.id());
            assertThat(view.info()).contains(new WorkerInfo(worker.id(), Set.of("work"), SETTINGS.concurrency()));
            assertThat(view.running()).isEqualTo(1);
            assertThat(view.tasks()).singleElement().satisfies(task -> assertThat(task.id()).isEqualTo(id));
        }).anySatisfy(view -> {
            assertThat(view.id()).isEqualTo("python-1");
            assertThat(view.info()).as("only its claim is known").isEmpty();
            assertThat(view.running()).isEqualTo(1);
        });
        queue.enqueue(List.of(NewTask.of("nobodys", RESULT).withQueue("mail"), NewTask.of("work", RESULT)
                .withQueue("busy")));
        assertThat(known.unserved()).as("not yet").isEmpty();
        database.withHandle(handle -> handle.execute("UPDATE tasks SET run_at = now() - interval '2 minutes', "
                + "created_at = now() - interval '2 minutes'"));
        assertThat(known.unserved()).singleElement().satisfies(unserved -> {
            assertThat(unserved.queue()).isEqualTo("mail");
            assertThat(unserved.type()).isEqualTo("nobodys");
            assertThat(unserved.waited()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(3));
        });
        release.countDown();
        worker.stop(Duration.ofSeconds(5));
        assertThat(known.list()).extracting(Workers.WorkerView::id).containsExactly("python-1");
    }

    @Test
    void findsTasksByPollingWhereNobodyListens() {
        var settings = database.settings();
        var deaf = TestDatabase.open(new DatabaseSettings(settings.url(), settings.user(), settings.password(),
                settings.schema(), 5, 0, settings.maxLifetime(), settings.idleTimeout(), settings.acquireTimeout(),
                settings.statementTimeout(), false, settings.slowQuery()));
        var worker = new Worker(new PostgresTaskQueue(deaf, SETTINGS),
                SETTINGS.withPollInterval(Duration.ofMillis(100)), Map.of("work", task -> RESULT));
        workers.add(worker);
        worker.start();
        enqueue(3); // by another Database, whose wake-ups do not reach this one
        awaitFinished(3, Duration.ofSeconds(10));
        assertThat(deaf.notifications().isListening()).isFalse();
    }

    @Test
    void isWokenByAnotherProcessLongBeforeItPolls() {
        var other = TestDatabase.open(database.settings());
        var slow = SETTINGS.withPollInterval(Duration.ofHours(1));
        var worker = new Worker(new PostgresTaskQueue(other, slow), slow,
                Map.of("work", task -> RESULT));
        workers.add(worker);
        worker.start();
        await().atMost(Duration.ofSeconds(10)).until(() -> other.notifications().isListening());
        enqueue(1);
        awaitFinished(1, Duration.ofSeconds(10));
    }

    /** A worker in a process of its own, to be killed. */
    static final class WorkerProcess {
        public static void main(String[] args) throws InterruptedException {
            var database = Database.open(DatabaseSettings.of(args[0], args[1], args[2], args[3]).withPool(4, 0));
            var worker = new Worker(new PostgresTaskQueue(database, SETTINGS), SETTINGS,
                    Map.of("work", task -> {
                        TimeUnit.MILLISECONDS.sleep(5);
                        return RESULT;
                    }));
            worker.start();
            Thread.currentThread().join();
        }
    }

    private Worker start(QueueSettings settings, TaskHandler handler) {
        var worker = new Worker(queue, settings, Map.of("work", handler));
        workers.add(worker);
        worker.start();
        return worker;
    }

    private List<UUID> enqueue(int count) {
        return queue.enqueue(IntStream.range(0, count)
                .mapToObj(i -> NewTask.of("work", JsonMapper.shared().createObjectNode().put("n", i))).toList());
    }

    private void awaitFinished(int count, Duration limit) {
        await().atMost(limit).ignoreExceptionsInstanceOf(UnavailableException.class)
                .until(() -> number("SELECT count(*) FROM task_history WHERE state = 'finished'") == count);
    }

    private void terminateAllConnections() {
        var settings = database.settings();
        try (var connection = java.sql.DriverManager.getConnection(settings.url(), settings.user(),
                settings.password()); var statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    + "WHERE application_name = 'howdah' AND pid <> pg_backend_pid()");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long number(String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }
}
