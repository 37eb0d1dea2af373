package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** Keys and values as they are stored, of the types that the cache has. Thread-safe. */
record Codec<K, V>(Class<K> keyType, Class<V> valueType, Serializer<K> keys, Serializer<V> values) {
    static <K, V> Codec<K, V> of(HowdahConfiguration<K, V> configuration, ClassLoader loader, List<String> patterns) {
        return new Codec<>(configuration.getKeyType(), configuration.getValueType(),
                configuration.keys().orElseGet(() -> choose(configuration.getKeyType(), loader, patterns)),
                configuration.values().orElseGet(() -> choose(configuration.getValueType(), loader, patterns)));
    }

    /** Text and JSON where the type has one such form, which needs no class to be trusted; else Java's serialisation. */
    private static <T> Serializer<T> choose(Class<T> type, ClassLoader loader, List<String> patterns) {
        return TextSerializer.of(type).orElseGet(() -> type.isRecord() || JsonNode.class.isAssignableFrom(type)
                ? new JsonSerializer<>(type)
                : serialized(type, loader, patterns));
    }

    @SuppressWarnings("unchecked") // what was written was of the type
    private static <T> Serializer<T> serialized(Class<T> type, ClassLoader loader, List<String> patterns) {
        var allowed = new ArrayList<>(patterns);
        allowed.add(component(type).getName());
        return (Serializer<T>) new JavaSerializer(loader, allowed);
    }

    private static Class<?> component(Class<?> type) {
        return type.isArray() ? component(type.getComponentType()) : type;
    }

    CacheKey key(K key) {
        checkType("key", keyType, key);
        return CacheKey.of(keys.write(key).bytes());
    }

    K key(CacheKey key) {
        return keys.read(CacheValue.bytes(key.bytes()));
    }

    CacheValue value(V value) {
        checkType("value", valueType, value);
        return values.write(value);
    }

    V value(CacheValue stored) {
        return values.read(stored);
    }

    Encoded<K, V> entry(K key, V value) {
        return new Encoded<>(key, value, key(key), value(value));
    }

    /** Callers without generic types can pass anything. */
    private static void checkType(String what, Class<?> type, Object value) {
        if (!type.isInstance(Objects.requireNonNull(value, what))) {
            throw new ClassCastException("the " + what + " is a " + value.getClass().getName() + ", and the cache has "
                    + type.getName());
        }
    }
}
