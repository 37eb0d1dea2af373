package dev.howdah.knowledge.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedLookTest {
    private final SharedLook<Integer> looks = new SharedLook<>();
    private final AtomicInteger count = new AtomicInteger();

    @Test
    void everyCallAfterALookLooksAgain() {
        assertThat(looks.fresh(count::incrementAndGet)).isEqualTo(1);
        assertThat(looks.fresh(count::incrementAndGet)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void thoseWhoWaitShareTheNextLookWhetherItFailsOrNot(boolean fails) throws Exception {
        var go = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        threads.add(Thread.ofPlatform().start(() -> looks.fresh(() -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return count.incrementAndGet();
        })));
        await().until(() -> threads.getFirst().getState() == Thread.State.WAITING);
        IntStream.range(0, 8).forEach(i -> threads.add(Thread.ofPlatform().start(() -> {
            if (fails) {
                assertThatThrownBy(() -> looks.fresh(this::failing)).hasMessage("look 2");
            } else {
                assertThat(looks.fresh(count::incrementAndGet)).isEqualTo(2);
            }
        })));
        await().until(() -> List.copyOf(threads).stream().allMatch(t -> t.getState() == Thread.State.WAITING));
        go.countDown();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(count).hasValue(2);
    }

    private int failing() {
        throw new IllegalStateException("look " + count.incrementAndGet());
    }
}
