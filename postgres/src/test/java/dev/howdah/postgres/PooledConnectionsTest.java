package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PooledConnectionsTest {
    private static final int POOL_MAX = 10;
    private static final String ONE = "SELECT 1";

    private final Database database = Database.open(TestDatabase.settings().withPool(POOL_MAX, 0));

    @AfterEach
    void close() {
        database.close();
    }

    private static int one(Database database) {
        return database.withHandle(handle -> handle.createQuery(ONE).mapTo(Integer.class).one());
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (var thread : threads) {
            thread.join();
        }
    }

    /** They could keep each other from running for ever, while the pool grows and all want it. */
    @Test
    @Timeout(120)
    void manyVirtualThreadsShareAFewConnections() throws Exception {
        for (int round = 0; round < 10; round++) {
            try (var fresh = Database.open(database.settings())) {
                var done = new AtomicInteger();
                var threads = new ArrayList<Thread>();
                for (int i = 0; i < 400; i++) {
                    threads.add(Thread.ofVirtual().start(() -> {
                        for (int j = 0; j < 20; j++) {
                            done.addAndGet(one(fresh));
                        }
                    }));
                }
                join(threads);
                assertThat(done).hasValue(400 * 20);
                var use = fresh.poolUse();
                assertThat(use.peak()).isBetween(1, POOL_MAX);
                assertThat(use.waiting()).isZero();
                assertThat(use.acquiring().count()).isEqualTo(400 * 20);
            }
        }
    }

    @Test
    @Timeout(120)
    void anInterruptedCallerTakesNoConnectionAway() throws Exception {
        for (int round = 0; round < 20; round++) {
            var held = new CountDownLatch(POOL_MAX);
            var release = new CountDownLatch(1);
            var holders = new ArrayList<Thread>();
            for (int i = 0; i < POOL_MAX; i++) {
                holders.add(Thread.ofVirtual().start(() -> database.withHandle(handle -> {
                    held.countDown();
                    handle.createQuery(ONE).mapTo(Integer.class).one();
                    return uninterruptibly(release);
                })));
            }
            held.await(); // all of them at once: nothing was lost in the round before
            var failure = new AtomicReference<Throwable>();
            var waits = Thread.ofVirtual().start(() -> {
                try {
                    one(database);
                } catch (RuntimeException e) {
                    failure.set(e);
                }
            });
            await().until(() -> database.poolUse().waiting() == 1);
            waits.interrupt();
            waits.join();
            assertThat(failure.get()).hasStackTraceContaining("interrupted while waiting for a connection");
            release.countDown();
            join(holders);
            // Interrupted at any moment, also while it is being given a connection.
            var late = new ArrayList<Thread>();
            for (int i = 0; i < POOL_MAX; i++) {
                late.add(Thread.ofVirtual().start(() -> {
                    try {
                        one(database);
                    } catch (RuntimeException e) {
                        assertThat(e).hasStackTraceContaining("nterrupted");
                    }
                }));
            }
            late.forEach(Thread::interrupt);
            join(late);
        }
        assertThat(one(database)).isEqualTo(1);
    }

    private static boolean uninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoWaitsTooLongIsTold() throws Exception {
        var settings = DatabaseSettings.from(Configuration.of(Map.of("howdah.database.acquire-timeout",
                "300ms"))).at(database.settings().url(), database.settings().user(), database.settings().password())
                .withPool(2, 0);
        try (var small = Database.open(settings)) {
            var held = new CountDownLatch(2);
            var release = new CountDownLatch(1);
            var holders = new ArrayList<Thread>();
            for (int i = 0; i < 2; i++) {
                holders.add(Thread.ofVirtual().start(() -> small.withHandle(handle -> {
                    held.countDown();
                    return uninterruptibly(release);
                })));
            }
            held.await();
            assertThatThrownBy(() -> one(small)).isInstanceOfSatisfying(UnavailableException.class,
                    e -> assertThat(e.code()).isEqualTo("pool-exhausted"));
            assertThat(small.poolUse().acquiring().timeouts()).isEqualTo(1);
            release.countDown();
            join(holders);
            assertThat(one(small)).isEqualTo(1);
        }
    }
}
