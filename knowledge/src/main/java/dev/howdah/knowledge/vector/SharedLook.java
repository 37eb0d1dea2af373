package dev.howdah.knowledge.vector;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets many searches share a look at what was committed: one that began after a search did serves it as well as its own
 * would. That holds for a look that fails, too, so that those who wait do not wait for one failure after the other.
 * Thread-safe.
 *
 * @param <T> what a look brings
 */
public final class SharedLook<T> {
    private final Lock looking = new ReentrantLock();
    private final AtomicLong asked = new AtomicLong();
    private long served;
    private @Nullable Supplier<T> last;

    /**
     * Looks, unless somebody else's look began after this call did; one looks at a time.
     *
     * @return what the look brought; what it throws is thrown here
     */
    public T fresh(Supplier<T> look) {
        long ticket = asked.incrementAndGet();
        looking.lock();
        try {
            var known = last;
            if (known == null || served < ticket) {
                long all = asked.get();
                known = outcome(look);
                last = known;
                served = all;
            }
            return known.get();
        } finally {
            looking.unlock();
        }
    }

    private static <T> Supplier<T> outcome(Supplier<T> look) {
        try {
            var brought = look.get();
            return () -> brought;
        } catch (RuntimeException e) {
            return () -> {
                throw e;
            };
        }
    }
}
