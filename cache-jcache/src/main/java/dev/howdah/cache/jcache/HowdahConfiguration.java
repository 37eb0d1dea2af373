package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheOptions;
import java.util.Optional;
import javax.cache.configuration.CompleteConfiguration;
import javax.cache.configuration.MutableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * What holds for a JCache cache, with what only Howdah knows: the options of the cache and how keys and values are stored.
 *
 * <pre>{@code
 * manager.createCache("prices", new HowdahConfiguration<String, Price>()
 *         .options(CacheOptions.DEFAULT.withDurability(Durability.UNLOGGED))
 *         .serializers(Serializer.text(String.class), Serializer.json(Price.class))
 *         .setTypes(String.class, Price.class));
 * }</pre>
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public final class HowdahConfiguration<K, V> extends MutableConfiguration<K, V> {
    private transient @Nullable CacheOptions options;
    private transient @Nullable Serializer<K> keys;
    private transient @Nullable Serializer<V> values;

    /** As the specification says, without types. */
    public HowdahConfiguration() {}

    /** A copy of another one. */
    public HowdahConfiguration(CompleteConfiguration<K, V> other) {
        super(other);
        if (other instanceof HowdahConfiguration<K, V> ours) {
            this.options = ours.options;
            this.keys = ours.keys;
            this.values = ours.values;
        }
    }

    /**
     * What holds for the cache if it has to be created in the database; one that is there keeps its own. Its default time to live
     * does not matter: the expiry policy says how long entries live, and the options at most for how long.
     */
    public HowdahConfiguration<K, V> options(CacheOptions value) {
        this.options = value;
        return this;
    }

    /** How keys and values are stored; without it, that follows from the types. */
    public HowdahConfiguration<K, V> serializers(Serializer<K> forKeys, Serializer<V> forValues) {
        this.keys = forKeys;
        this.values = forValues;
        return this;
    }

    Optional<CacheOptions> options() {
        return Optional.ofNullable(options);
    }

    Optional<Serializer<K>> keys() {
        return Optional.ofNullable(keys);
    }

    Optional<Serializer<V>> values() {
        return Optional.ofNullable(values);
    }

    /** Two are equal if they say the same in the terms of the specification. */
    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
