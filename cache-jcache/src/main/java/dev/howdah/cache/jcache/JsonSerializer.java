package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheValue;
import javax.cache.CacheException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Values as JSON. */
record JsonSerializer<T>(Class<T> type) implements Serializer<T> {
    private static final JsonMapper JSON = JsonMapper.shared();

    @Override
    public CacheValue write(T value) {
        try {
            JsonNode tree = JSON.valueToTree(value);
            return CacheValue.json(tree);
        } catch (JacksonException e) {
            throw new CacheException("a " + value.getClass().getName() + " cannot be written as JSON: "
                    + e.getOriginalMessage() + "; give the cache a serializer of your own", e);
        }
    }

    @Override
    public T read(CacheValue stored) {
        try {
            return JSON.readValue(stored.bytes(), type);
        } catch (JacksonException e) {
            throw new CacheException("what is stored is no " + type.getName() + " as JSON: "
                    + e.getOriginalMessage() + "; something else has written it, or the type has changed", e);
        }
    }
}
