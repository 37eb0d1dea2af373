package dev.howdah.agent.http;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Ends an exchange when its time is over, however slowly and steadily the other side goes on. Thread-safe. */
final class Deadline {
    /** Completed with whether the time was over first. */
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();

    Deadline(Duration limit, Runnable atExpiry) {
        var _ = over.completeOnTimeout(true, limit.toMillis(), TimeUnit.MILLISECONDS).thenAccept(late -> {
            if (late) {
                atExpiry.run();
            }
        });
    }

    /** It was in time. */
    void met() {
        over.complete(false);
    }

    boolean isExpired() {
        return over.getNow(false);
    }
}
