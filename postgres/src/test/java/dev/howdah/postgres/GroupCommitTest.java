package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
    private static final int CALLERS = 64;
    private static final int CALLS = 500;

    private final List<Integer> written = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();

    @Test
    void writesEveryElementOnceAndAnswersEachCallerItsOwn() throws Exception {
        var commit = new GroupCommit<Integer, String>(100, this::store);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, CALLERS).<Callable<Boolean>>mapToObj(caller -> () -> {
                for (int i = 0; i < CALLS; i++) {
                    int first = (caller * CALLS + i) * 2;
                    assertThat(commit.write(List.of(first, first + 1))).containsExactly("r" + first,
                            "r" + (first + 1));
                }
                return true;
            }).toList();
            for (var call : threads.invokeAll(calls)) {
                assertThat(call.get()).isTrue();
            }
        }
        assertThat(written).hasSize(CALLERS * CALLS * 2).doesNotHaveDuplicates();
        assertThat(batches.get()).as("they shared").isLessThan(CALLERS * CALLS);
    }

    @Test
    void failsOnlyTheCallWithTheFault() throws Exception {
        var commit = new GroupCommit<Integer, String>(100, elements -> {
            if (elements.contains(13)) {
                throw new IllegalArgumentException("thirteen");
            }
            return store(elements);
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = threads.invokeAll(IntStream.range(0, 50).<Callable<String>>mapToObj(i -> () -> commit.write(
                    List.of(i)).getFirst()).toList());
            for (int i = 0; i < 50; i++) {
                int index = i;
                if (i == 13) {
                    assertThatThrownBy(() -> futures.get(index).get()).hasRootCauseMessage("thirteen");
                } else {
                    assertThat(futures.get(i).get()).isEqualTo("r" + i);
                }
            }
        }
    }

    @Test
    void tellsEveryCallerOfAnOutageAndGoesOnAfterIt() {
        var down = new AtomicInteger(1);
        var commit = new GroupCommit<Integer, String>(100, elements -> {
            if (down.getAndDecrement() > 0) {
                throw new UnavailableException("database-unavailable", "it is down", "wait", null);
            }
            return store(elements);
        });
        assertThatThrownBy(() -> commit.write(List.of(1))).isInstanceOf(UnavailableException.class);
        assertThat(commit.write(List.of(2))).containsExactly("r2");
    }

    @Test
    void takesACallLargerThanABatchAndKeepsAnInterrupt() {
        var commit = new GroupCommit<Integer, String>(10, this::store);
        Thread.currentThread().interrupt();
        assertThat(commit.write(IntStream.range(0, 25).boxed().toList())).hasSize(25);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void isNotInterruptedWithTheVirtualThreadWhoseCallItWrites() throws Exception {
        var entered = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var commit = new GroupCommit<Integer, String>(100, elements -> {
            entered.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return store(elements);
        });
        var answer = new CompletableFuture<String>();
        var caller = Thread.ofVirtual().start(() -> {
            var result = commit.write(List.of(1)).getFirst();
            answer.complete(result + (Thread.currentThread().isInterrupted() ? " interrupted" : ""));
        });
        entered.await();
        caller.interrupt();
        release.countDown();
        assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("r1 interrupted");
    }

    private List<String> store(List<Integer> elements) {
        assertThat(inside.incrementAndGet()).as("one writes at a time").isEqualTo(1);
        batches.incrementAndGet();
        written.addAll(elements);
        inside.decrementAndGet();
        return elements.stream().map(element -> "r" + element).toList();
    }

    @Test
    void aTransactionIsNotSharedWithOtherCallers() throws Exception {
        try (var database = TestDatabase.create(); var threads = Executors.newCachedThreadPool()) {
            database.withHandle(handle -> handle.execute("CREATE TABLE shared (number int)"));
            var commit = new GroupCommit<Integer, Integer>(100, numbers -> database.inTransaction(tx -> {
                numbers.forEach(number -> tx.handle().execute("INSERT INTO shared VALUES (?)", number));
                return numbers;
            }));
            for (int i = 1; i <= 50; i++) {
                int number = i;
                var others = IntStream.range(0, 8)
                        .mapToObj(other -> threads.submit(() -> commit.write(List.of(number))))
                        .toList();
                assertThatThrownBy(() -> database.inTransaction(tx -> {
                    commit.write(List.of(-1));
                    throw new IllegalStateException("rolled back");
                })).hasMessage("rolled back");
                for (var other : others) {
                    other.get(30, TimeUnit.SECONDS);
                }
            }
            assertThat(database.<List<Integer>>withHandle(handle -> handle.createQuery("SELECT number FROM shared")
                    .mapTo(Integer.class).list())).hasSize(400).doesNotContain(-1);
        }
    }
}
