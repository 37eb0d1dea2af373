package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NotificationsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final DatabaseSettings settings = TestDatabase.settings();
    private final Database here = TestDatabase.open(settings);
    private final AtomicInteger wakeUps = new AtomicInteger();

    @Test
    void wakesSubscribersHereAtOnceAndElsewhereByTopic() {
        var there = TestDatabase.open(settings);
        var others = new AtomicInteger();
        there.notifications().subscribe("queue", wakeUps::incrementAndGet);
        there.notifications().subscribe("other", others::incrementAndGet);
        await().atMost(LIMIT).until(() -> there.notifications().isListening());
        int before = wakeUps.get();
        int othersBefore = others.get();

        here.notifications().wake("queue");
        await().atMost(LIMIT).until(() -> wakeUps.get() > before);
        assertThat(others).hasValue(othersBefore);

        var local = new AtomicInteger();
        try (var subscription = here.notifications().subscribe("queue", local::incrementAndGet)) {
            assertThat(subscription).isNotNull();
            here.notifications().wake("queue");
            assertThat(local).hasPositiveValue();
        }
        int after = local.get();
        here.notifications().wake("queue");
        assertThat(local).hasValue(after);
    }

    @Test
    void doesNotWakeAnotherSchema() {
        var stranger = TestDatabase.create();
        stranger.notifications().subscribe("queue", wakeUps::incrementAndGet);
        await().atMost(LIMIT).until(() -> stranger.notifications().isListening());
        int before = wakeUps.get();
        var seen = new AtomicInteger();
        var witness = TestDatabase.open(settings);
        witness.notifications().subscribe("queue", seen::incrementAndGet);
        await().atMost(LIMIT).until(() -> witness.notifications().isListening());
        int seenBefore = seen.get();
        here.notifications().wake("queue");
        await().atMost(LIMIT).until(() -> seen.get() > seenBefore);
        assertThat(wakeUps).hasValue(before);
    }

    @Test
    void listensAgainAfterALostConnectionAndWakesForWhatItMayHaveMissed() {
        try (var proxy = TcpProxy.cutOff(settings)) {
            proxy.heal();
            var behind = TestDatabase.open(proxy.through(settings));
            behind.notifications().subscribe("queue", wakeUps::incrementAndGet);
            await().atMost(LIMIT).until(() -> behind.notifications().isListening());
            proxy.cut();
            await().atMost(LIMIT).until(() -> !behind.notifications().isListening());
            int before = wakeUps.get();
            proxy.heal();
            await().atMost(LIMIT).until(() -> behind.notifications().isListening() && wakeUps.get() > before);
        }
    }

    @Test
    void holdsNoConnectionWhereItIsSwitchedOff() {
        var silent = TestDatabase.open(new DatabaseSettings(settings.url(), settings.user(), settings.password(),
                settings.schema(), 2, 0, settings.maxLifetime(), settings.idleTimeout(), settings.acquireTimeout(),
                settings.statementTimeout(), false, settings.slowQuery()));
        silent.notifications().subscribe("queue", wakeUps::incrementAndGet);
        silent.notifications().wakeOthers("queue");
        assertThat(wakeUps).hasValue(0);
        silent.notifications().wake("queue");
        assertThat(wakeUps).hasValue(1);
        assertThat(silent.notifications().isListening()).isFalse();
    }

    @Test
    void boundsTheLengthOfATopic() {
        here.notifications().wake("x".repeat(200));
        assertThatThrownBy(() -> here.notifications().wake("x".repeat(201))).hasMessageContaining("1 to 200");
        assertThatThrownBy(() -> here.notifications().wake("")).hasMessageContaining("1 to 200");
    }
}
