package dev.howdah.cache.jcache;

import dev.howdah.cache.Ttl;
import java.util.Optional;
import javax.cache.expiry.Duration;
import javax.cache.expiry.ExpiryPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an expiry policy says, as times to live. A policy that fails changes nothing. Thread-safe if the policy is. */
record Expiry(ExpiryPolicy policy) {
    private static final Logger LOG = LoggerFactory.getLogger(Expiry.class);

    @FunctionalInterface
    private interface Question {
        Duration ask();
    }

    /** Of a new entry; for ever if the policy fails. */
    Ttl creation() {
        return ask(policy::getExpiryForCreation).orElse(Ttl.NEVER);
    }

    /** Of an entry that was read; empty if it stays as it is. */
    Optional<Ttl> access() {
        return ask(policy::getExpiryForAccess);
    }

    /** Of an entry that has another value now; empty if it stays as it is. */
    Optional<Ttl> update() {
        return ask(policy::getExpiryForUpdate);
    }

    private static Optional<Ttl> ask(Question question) {
        try {
            return Optional.ofNullable(question.ask()).map(Expiry::ttl);
        } catch (RuntimeException e) {
            LOG.warn("An expiry policy failed; the entry stays as it is", e);
            return Optional.empty();
        }
    }

    private static Ttl ttl(Duration duration) {
        if (duration.isEternal()) {
            return Ttl.NEVER;
        }
        var time = java.time.Duration.of(duration.getDurationAmount(), duration.getTimeUnit().toChronoUnit());
        return time.compareTo(Ttl.MAX) > 0 ? Ttl.NEVER : Ttl.of(time);
    }

    /** Whether it means that the entry is over at once. */
    static boolean isZero(Ttl ttl) {
        return ttl instanceof Ttl.After after && after.time().isZero();
    }
}
