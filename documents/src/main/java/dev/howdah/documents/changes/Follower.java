package dev.howdah.documents.changes;

import dev.howdah.postgres.Notifications;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the feed as it grows. A wake-up only says "look": what was just committed can be read once all transactions before it
 * have ended, so after one it looks again soon, then less and less often.
 */
public final class Follower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final Duration PAUSE_MIN = Duration.ofMillis(5);
    private static final Duration PAUSE_MAX = Duration.ofMillis(500);
    private static final int LIMIT = 1000;

    private final ChangeFeed feed;
    private final ChangeSelection selection;
    private final Consumer<ChangePage> events;
    private final Semaphore woken = new Semaphore(0);
    private final Subscription subscription;
    private volatile ChangeToken place;
    private volatile boolean closed;
    private volatile @Nullable RuntimeException failure;

    Follower(ChangeFeed feed, Notifications notifications, ChangeSelection selection, ChangeToken after,
            Consumer<ChangePage> events) {
        this.feed = feed;
        this.selection = selection;
        this.place = after;
        this.events = events;
        this.subscription = notifications.subscribe(ChangeFeed.TOPIC, woken::release);
    }

    void start() {
        Thread.ofVirtual().name("howdah-document-changes").start(this::run);
    }

    /** Behind what was handed over. */
    public ChangeToken place() {
        return place;
    }

    /**
     * Whether it goes on.
     *
     * @throws RuntimeException why it ended, such as a token that is too old or what the consumer threw
     */
    public boolean isFollowing() {
        var thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        return !closed;
    }

    private void run() {
        var pause = PAUSE_MIN;
        try {
            while (!closed) {
                int found = look();
                pause = found > 0 ? PAUSE_MIN : longer(pause);
                if (found < LIMIT && woken.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    woken.drainPermits();
                    pause = PAUSE_MIN;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            subscription.close();
        }
    }

    private int look() {
        try {
            var page = feed.read(selection, place, LIMIT);
            if (!page.next().equals(place)) {
                events.accept(page);
                place = page.next();
            }
            return page.isComplete() ? page.events().size() : LIMIT;
        } catch (UnavailableException e) {
            LOG.debug("Changes are looked for again when the database is back", e);
            return 0;
        }
    }

    private static Duration longer(Duration pause) {
        var twice = pause.multipliedBy(2);
        return twice.compareTo(PAUSE_MAX) < 0 ? twice : PAUSE_MAX;
    }

    @Override
    public void close() {
        closed = true;
        subscription.close();
        woken.release();
    }
}
