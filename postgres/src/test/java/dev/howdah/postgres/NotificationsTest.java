package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
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
    void carriesMessagesThatAreAskedForWhenTheyAreSent() {
        var there = TestDatabase.open(settings);
        var received = new Messages();
        there.notifications().subscribe("cache", received);
        await().atMost(LIMIT).until(() -> there.notifications().isListening());
        assertThat(received.begun).as("told before it counts as listening").hasValue(1);

        here.notifications().send("other", () -> List.of("not for it"));
        here.notifications().send("cache", () -> List.of("one", "x".repeat(8_000), "two\nlines"));
        await().atMost(LIMIT).until(() -> received.texts.size() == 2);
        assertThat(received.texts).containsExactlyInAnyOrder("one", "two\nlines");

        var gathered = new ConcurrentLinkedQueue<String>();
        for (int i = 0; i < 500; i++) {
            gathered.add("m" + i);
            here.notifications().send("cache", () -> drain(gathered));
        }
        await().atMost(LIMIT).until(() -> received.texts.size() == 502);
    }

    @Test
    void sendsAMessageAgainThatDidNotGetOut() throws Exception {
        var there = TestDatabase.open(settings);
        var received = new Messages();
        there.notifications().subscribe("cache", received);
        await().atMost(LIMIT).until(() -> there.notifications().isListening());
        try (var proxy = TcpProxy.cutOff(settings)) {
            var behind = TestDatabase.open(proxy.through(settings));
            var asked = new AtomicInteger();
            behind.notifications().send("cache", () -> List.of("late " + asked.incrementAndGet()));
            await().atMost(LIMIT).until(() -> asked.get() == 1);
            proxy.heal();
            await().atMost(LIMIT).until(() -> received.texts.contains("late 1"));
        }
    }

    private static List<String> drain(ConcurrentLinkedQueue<String> from) {
        return Stream.generate(from::poll).takeWhile(Objects::nonNull).toList();
    }

    private static final class Messages implements Notifications.Listener {
        private final ConcurrentLinkedQueue<String> texts = new ConcurrentLinkedQueue<>();
        private final AtomicInteger begun = new AtomicInteger();

        @Override
        public void message(String text) {
            texts.add(text);
        }

        @Override
        public void listening() {
            begun.incrementAndGet();
        }
    }

    @Test
    void boundsTheLengthOfATopic() {
        here.notifications().wake("x".repeat(200));
        assertThatThrownBy(() -> here.notifications().wake("x".repeat(201))).hasMessageContaining("1 to 200");
        assertThatThrownBy(() -> here.notifications().wake("")).hasMessageContaining("1 to 200");
    }
}
