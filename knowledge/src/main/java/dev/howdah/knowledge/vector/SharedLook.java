package dev.howdah.knowledge.vector;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets many searches share a look at what was committed: one that began after a search did serves it as well as its own
 * would. Thread-safe.
 *
 * @param <T> what a look brings
 */
public final class SharedLook<T> {
    private final Lock looking = new ReentrantLock();
    private final AtomicLong asked = new AtomicLong();
    private long served;
    private @Nullable T last;

    /** Looks, unless somebody else's look began after this call did; one looks at a time. */
    public T fresh(Supplier<T> look) {
        long ticket = asked.incrementAndGet();
        looking.lock();
        try {
            var known = last;
            if (known != null && served >= ticket) {
                return known;
            }
            long all = asked.get();
            var brought = look.get();
            last = brought;
            served = all;
            return brought;
        } finally {
            looking.unlock();
        }
    }
}
