package dev.howdah.cache.jcache;

import javax.cache.Cache;

/** An entry as it was read or is to be written. */
record HowdahEntry<K, V>(K key, V value) implements Cache.Entry<K, V> {
    @Override
    public K getKey() {
        return key;
    }

    @Override
    public V getValue() {
        return value;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return Unwrapping.unwrap(this, type);
    }

    /** Without the content, which may be secret. */
    @Override
    public String toString() {
        return "entry of " + key;
    }
}
