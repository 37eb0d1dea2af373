package dev.howdah.agent.push;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after deliveries now and then. Every process with a worker runs one; that several do so at once does no harm.
 * Started once.
 */
public final class PushUpkeep implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PushUpkeep.class);
    private static final Duration INTERVAL = Duration.ofMinutes(5);
    private static final Duration JITTER = Duration.ofMinutes(1);

    private final PushDeliveries deliveries;
    private @Nullable Thread loop;

    PushUpkeep(PushDeliveries deliveries) {
        this.deliveries = deliveries;
    }

    /** Begins. */
    public synchronized void start() {
        loop = Thread.ofVirtual().name("howdah-push-upkeep").start(this::run);
    }

    @Override
    public synchronized void close() {
        if (loop != null) {
            loop.interrupt();
        }
    }

    /**
     * One round.
     *
     * @return in how many lanes something is overdue
     */
    public int runOnce() {
        return deliveries.upkeep();
    }

    private void run() {
        while (true) {
            try {
                Thread.sleep(INTERVAL.plusMillis(ThreadLocalRandom.current().nextLong(JITTER.toMillis())));
                runOnce();
            } catch (InterruptedException e) {
                return; // closed
            } catch (RuntimeException e) {
                LOG.debug("Upkeep of push notifications failed; the next round is due soon", e);
            }
        }
    }
}
