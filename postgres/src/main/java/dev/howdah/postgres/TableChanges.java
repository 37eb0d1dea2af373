package dev.howdah.postgres;

import dev.howdah.postgres.Notifications.Listener;
import dev.howdah.postgres.Notifications.Subscription;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Which tables of the schema this product's processes write to, told to whoever watches, in any process: what a console needs in order
 * to look again. When it was quiet it is told after 20 ms, which statements right behind it share, else ten times a second. While nobody watches anywhere, a process tells nobody and does next to nothing.
 *
 * <p>Told is what statements say, unless it is known that they changed nothing. So a write may be told that is rolled back
 * afterwards; and since it may be committed only after it was told, it is told once more a second or two later. Without LISTEN, only writes of the own process are heard of. Thread-safe.
 */
public final class TableChanges implements StatementListener {
    private static final String WATCH = "watch";
    private static final String CHANGED = "changed";
    private static final Duration GATHER = Duration.ofMillis(20);
    /** While changes keep coming. */
    private static final Duration GATHER_BUSY = Duration.ofMillis(100);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration RENEW = Duration.ofSeconds(10);
    private static final long WATCHED_NANOS = 3 * RENEW.toNanos();

    private final Notifications notifications;
    private final Collection<Consumer<Set<String>>> watchers = new CopyOnWriteArrayList<>();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private final Set<String> toTell = ConcurrentHashMap.newKeySet();
    private final Set<String> toTellAgain = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean gathering = new AtomicBoolean();
    private final AtomicBoolean tellsAgain = new AtomicBoolean();
    private final AtomicBoolean hearing = new AtomicBoolean();
    private volatile long watchedUntil = System.nanoTime();
    private volatile long toldAt = System.nanoTime() - GATHER_BUSY.toNanos();

    TableChanges(Notifications notifications) {
        this.notifications = notifications;
    }

    /** Tells the names of tables that were written to, until the subscription is closed. The action must be quick and must not throw. */
    public Subscription watch(Consumer<Set<String>> action) {
        hear();
        watchers.add(action);
        watchedUntil = System.nanoTime() + WATCHED_NANOS;
        var renewing = Thread.ofVirtual().name("howdah-watch").start(this::renew);
        return () -> {
            watchers.remove(action);
            renewing.interrupt();
        };
    }

    @Override
    public void ran(Statement statement, Duration duration, OptionalLong rows, boolean failed) {
        if (failed || statement.written().isEmpty() || rows.orElse(1) == 0) {
            return;
        }
        if (!hearing.get()) {
            hear(); // who writes hears whether somebody watches
        }
        if (watchedUntil - System.nanoTime() > 0 && changed.addAll(statement.written())
                && gathering.compareAndSet(false, true)) {
            Thread.ofVirtual().name("howdah-changes").start(this::gather);
        }
    }

    private void gather() {
        try {
            boolean isQuiet = System.nanoTime() - toldAt >= GATHER_BUSY.toNanos();
            Thread.sleep(isQuiet ? GATHER : GATHER_BUSY);
            gathering.set(false);
            toldAt = System.nanoTime();
            var tables = Set.copyOf(changed);
            changed.removeAll(tables);
            tell(tables);
            toTellAgain.addAll(tables);
            while (!toTellAgain.isEmpty() && tellsAgain.compareAndSet(false, true)) {
                tellAgain();
                tellsAgain.set(false);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the process ends
        }
    }

    /** What comes meanwhile has its own turn: it may be committed later. */
    private void tellAgain() throws InterruptedException {
        var tables = Set.copyOf(toTellAgain);
        toTellAgain.removeAll(tables);
        Thread.sleep(AGAIN);
        tell(tables);
    }

    private void tell(Set<String> tables) {
        if (!notifications.isListening()) { // else the message comes round
            watchers.forEach(watcher -> watcher.accept(tables));
        }
        toTell.addAll(tables);
        notifications.send(CHANGED, () -> {
            var told = List.copyOf(toTell);
            toTell.removeAll(told);
            return List.of(String.join(",", told));
        });
    }

    private void renew() {
        try {
            while (true) {
                notifications.wakeOthers(WATCH);
                Thread.sleep(RENEW);
                watchedUntil = System.nanoTime() + WATCHED_NANOS;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody watches any more
        }
    }

    private void hear() {
        if (hearing.compareAndSet(false, true)) {
            notifications.subscribe(WATCH, () -> watchedUntil = System.nanoTime() + WATCHED_NANOS);
            notifications.subscribe(CHANGED, new Listener() {
                @Override
                public void message(String text) {
                    if (!watchers.isEmpty()) {
                        var tables = Set.of(text.split(","));
                        watchers.forEach(watcher -> watcher.accept(tables));
                    }
                }

                @Override
                public void listening() {
                    // what was missed is found by whoever looks again
                }
            });
        }
    }
}
