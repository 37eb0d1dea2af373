package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class QueuesTest {
    private static final Duration LEASE = Duration.ofMinutes(1);

    private final Database database = PostgresTaskQueueTest.migrated();
    private final PostgresTaskQueue queue = new PostgresTaskQueue(database, QueueSettings.defaults());
    private final Queues queues = new Queues(database);

    @Test
    void knowsAQueueFromItsFirstTaskOn() {
        assertThat(queues.list()).isEmpty();
        enqueue("mail", 2);
        assertThat(queues.list()).singleElement().satisfies(mail -> {
            assertThat(mail.name()).isEqualTo("mail");
            assertThat(mail.queued()).isEqualTo(2);
            assertThat(mail.oldestWait()).isPresent();
        });
        assertThatThrownBy(() -> queues.pause("none")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void knowsAQueueThoughItsFirstTransactionWasRolledBack() {
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            queue.enqueue(tx, task("mail"));
            throw new IllegalStateException("no");
        })).hasMessage("no");
        enqueue("mail", 1);
        assertThat(claim(10)).hasSize(1);
    }

    @Test
    void claimsNothingFromAPausedQueue() {
        enqueue("mail", 2);
        enqueue("other", 1);
        assertThat(queues.pause("mail").pausedAt()).isPresent();
        assertThat(claim(10)).singleElement().satisfies(claim -> assertThat(claim.queue()).isEqualTo("other"));
        assertThat(queues.resume("mail").pausedAt()).isEmpty();
        assertThat(claim(10)).hasSize(2);
    }

    @Test
    void claimsAcrossQueuesInPriorityOrder() {
        var low = queue.enqueue(task("one").withPriority(1));
        var high = queue.enqueue(task("two").withPriority(5));
        var middle = queue.enqueue(task("one").withPriority(3));
        assertThat(claim(2)).extracting(ClaimedTask::id).containsExactly(high, middle);
        assertThat(claim(2)).extracting(ClaimedTask::id).containsExactly(low);
    }

    @Test
    void neverStartsMoreThanTheLimitHoweverManyClaim() throws Exception {
        queues.limit("mail", limits(Optional.of(5), Optional.empty(), Optional.empty()));
        enqueue("mail", 200);
        var most = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> worker = () -> {
                int done = 0;
                while (queues.get("mail").queued() > 0) {
                    var claims = claim(3);
                    most.accumulateAndGet((int) queues.get("mail").started(), Math::max);
                    queue.complete(claims.stream().<Completion>map(claim -> new Completion.Finished(claim,
                            JsonMapper.shared().createObjectNode())).toList());
                    done += claims.size();
                }
                return done;
            };
            int done = 0;
            for (var one : threads.invokeAll(List.of(worker, worker, worker, worker))) {
                done += one.get();
            }
            assertThat(done).isEqualTo(200);
        }
        assertThat(most.get()).isBetween(1, 5);
    }

    @Test
    void passesOverNoTypeOfALimitedQueueBecauseAnotherOneIsFurther() {
        queues.limit("mail", limits(Optional.of(100), Optional.empty(), Optional.empty()));
        var first = queue.enqueue(NewTask.of("other", JsonMapper.shared().createObjectNode()).withQueue("mail"));
        enqueue("mail", 20);
        for (int i = 0; i < 5; i++) {
            assertThat(claim(2)).hasSize(2);
        }
        assertThat(queue.claim("w", Set.of("other"), 1, LEASE)).extracting(ClaimedTask::id).containsExactly(first);
    }

    @Test
    void claimsNoFasterThanTheRate() {
        queues.limit("mail", limits(Optional.empty(), Optional.of(0.001), Optional.of(3)));
        enqueue("mail", 10);
        assertThat(claim(10)).hasSize(3);
        assertThat(claim(10)).isEmpty();
        // As if time had passed: the bucket fills up to its burst and not beyond.
        database.withHandle(handle -> handle.execute("UPDATE queues SET refilled_at = now() - interval '1 day'"));
        assertThat(claim(10)).hasSize(3);
        queues.limit("mail", QueueLimits.NONE);
        assertThat(claim(10)).hasSize(4);
    }

    @Test
    void aClaimThatFoundNothingIsToldToNobody() {
        queues.limit("mail", limits(Optional.of(5), Optional.of(100.0), Optional.of(1)));
        database.withHandle(handle -> handle.execute("CREATE TABLE witnesses (id int)"));
        assertThat(claim(1)).as("whatever is set up by the first claim").isEmpty();
        Set<String> told = ConcurrentHashMap.newKeySet();
        try (var watch = database.changes().watch(told::addAll)) {
            assertThat(watch).isNotNull();
            assertThat(claim(1)).isEmpty();
            database.withHandle(handle -> handle.execute("INSERT INTO witnesses VALUES (1)"));
            await().atMost(Duration.ofSeconds(20)).until(() -> told.contains("witnesses"));
            assertThat(told).containsExactly("witnesses");
            enqueue("mail", 1);
            assertThat(claim(1)).hasSize(1);
            await().atMost(Duration.ofSeconds(20)).until(() -> told.containsAll(Set.of("tasks", "claims", "queues")));
        }
    }

    @Test
    void keepsAWorkerGoingAtTheRate() {
        queues.limit("mail", limits(Optional.empty(), Optional.of(100.0), Optional.of(1)));
        enqueue("mail", 20);
        var worker = new Worker(queue, QueueSettings.defaults(),
                Map.of("work", run -> JsonMapper.shared().createObjectNode()));
        worker.start();
        try {
            await().atMost(Duration.ofSeconds(20)).until(() -> queues.get("mail").queued() == 0);
        } finally {
            worker.close();
        }
    }

    @Test
    void refusesLimitsThatMakeNoSense() {
        assertThatThrownBy(() -> limits(Optional.of(0), Optional.of(-1.0), Optional.of(0)))
                .isInstanceOf(InvalidInputException.class).message().contains("concurrency", "rate", "burst");
        assertThatThrownBy(() -> limits(Optional.empty(), Optional.empty(), Optional.of(3)))
                .hasMessageContaining("without a rate");
        assertThatThrownBy(() -> queues.limit("No Name", QueueLimits.NONE)).isInstanceOf(InvalidInputException.class);
        assertThat(limits(Optional.empty(), Optional.of(2.5), Optional.empty()).burst()).contains(3);
    }

    private static QueueLimits limits(Optional<Integer> concurrency, Optional<Double> rate, Optional<Integer> burst) {
        return new QueueLimits(concurrency, rate, burst);
    }

    private void enqueue(String name, int count) {
        queue.enqueue(new ArrayList<>(IntStream.range(0, count).mapToObj(i -> task(name)).toList()));
    }

    private static NewTask task(String name) {
        return NewTask.of("work", JsonMapper.shared().createObjectNode()).withQueue(name);
    }

    private List<ClaimedTask> claim(int limit) {
        return queue.claim("w", Set.of("work"), limit, LEASE);
    }
}
