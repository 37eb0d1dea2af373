package dev.howdah.spring.cache;

import dev.howdah.cache.CacheValue;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.spring.json.TypedJson;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.cache.support.SimpleValueWrapper;
import tools.jackson.core.JacksonException;

/**
 * The values of a cache as they are stored: JSON that says its type; null is JSON's null. What cannot be read, since its class has
 * changed or is not there, counts as absent, and stays for the version that can read it. Thread-safe.
 */
final class StoredValues {
    private static final Logger LOG = LoggerFactory.getLogger(StoredValues.class);

    private final String cache;
    private final TypedJson json;
    private final AtomicBoolean warned = new AtomicBoolean();

    StoredValues(String cache, TypedJson json) {
        this.cache = cache;
        this.json = json;
    }

    CacheValue write(@Nullable Object value) {
        var tree = json.write(value);
        var text = tree.toString();
        return Surrogates.hasHalf(text) ? CacheValue.json(Surrogates.escaped(text)) : CacheValue.json(tree);
    }

    /** Empty if it cannot be read. */
    Optional<ValueWrapper> read(CacheValue stored) {
        try {
            return Optional.of(new SimpleValueWrapper(json.read(stored.json())));
        } catch (InvalidInputException | JacksonException | LinkageError e) {
            report(e);
            return Optional.empty();
        }
    }

    /** Once per cache: after a change of a class, this happens for every entry. */
    private void report(Throwable why) {
        if (warned.compareAndSet(false, true)) {
            LOG.warn("What is stored in the cache {} cannot be read and counts as absent until it is overwritten; "
                    + "further ones are logged as DEBUG: {}", cache, why.getMessage());
        } else {
            LOG.debug("What is stored in the cache {} cannot be read: {}", cache, why.getMessage());
        }
    }
}
