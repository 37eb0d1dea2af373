package dev.howdah.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When somebody looks whether a bounded cache has too much, and when its writers wait for that. */
class PressureTest {
    private static final CacheOptions OPTIONS = CacheOptions.DEFAULT.withEntriesMax(100_000, Eviction.LRU);

    private final AtomicInteger looks = new AtomicInteger();
    private final Pressure pressure = new Pressure(looks::incrementAndGet);

    @Test
    void asksForALookWithEachTwentiethOfTheBound() {
        pressure.written(OPTIONS, 4_999);
        assertThat(looks).hasValue(0);
        pressure.written(OPTIONS, 1);
        assertThat(looks).hasValue(1);
        pressure.written(OPTIONS, 4_999);
        assertThat(looks).hasValue(1);
        pressure.written(OPTIONS, 1);
        assertThat(looks).hasValue(2);
        pressure.written(CacheOptions.DEFAULT, 1_000_000);
        assertThat(looks).hasValue(2);
    }

    @Test
    void letsNobodyWaitWhereNothingIsEvicted() {
        pressure.written(OPTIONS, 50_000);
        pressure.awaitLook();
        pressure.looked(false);
        pressure.written(OPTIONS, 50_000);
        pressure.awaitLook();
        assertThat(looks).hasValue(2);
    }

    @Test
    void hasWritersWaitForWhoEvictsMeanwhile() throws InterruptedException {
        pressure.looked(true);
        pressure.written(OPTIONS, 9_999);
        pressure.awaitLook();
        pressure.written(OPTIONS, 1);
        var writer = Thread.ofPlatform().start(pressure::awaitLook);
        await().until(() -> writer.getState() == Thread.State.TIMED_WAITING);
        pressure.looked(true);
        assertThat(writer.join(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void doesNotWaitForEverForWhoHasGone() {
        pressure.looked(true);
        pressure.written(OPTIONS, 10_000);
        pressure.awaitLook();
        pressure.written(OPTIONS, 10_000);
        pressure.awaitLook(); // the second time at once
        assertThat(looks).hasValue(2);
    }
}
