package dev.howdah.operations.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;

/** Reads many keys of Redis in two round trips: what they are, then what is in them together with how long it still lives. */
final class RedisKeys {
    private static final String NONE = "none";
    /** Taken where the server does not tell. */
    private static final long BYTES_UNKNOWN = 1024;
    private static final long NO_SUCH_KEY = -2;
    private static final int ATTEMPTS_MAX = 3;

    private RedisKeys() {}

    /**
     * A key.
     *
     * @param bytes about what it takes with its value
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Described(byte[] key, String type, long bytes) {}

    /**
     * A key with its value.
     *
     * @param value absent if the key is gone
     * @param remaining milliseconds; negative if it does not expire
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Read(byte[] key, String type, Optional<RedisValue> value, long remaining) {}

    private record Asked(Described key, Response<Long> remaining, Supplier<Optional<RedisValue>> value) {}

    static List<Described> described(Jedis redis, List<byte[]> keys) {
        var types = new ArrayList<Response<String>>(keys.size());
        var sizes = new ArrayList<Response<Long>>(keys.size());
        try (var pipeline = redis.pipelined()) {
            for (var key : keys) {
                types.add(pipeline.type(key));
                sizes.add(pipeline.memoryUsage(key));
            }
            pipeline.sync();
        }
        var described = new ArrayList<Described>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            described.add(new Described(keys.get(i), types.get(i).get(), bytes(sizes.get(i))));
        }
        return described;
    }

    private static long bytes(Response<Long> size) {
        try {
            var bytes = size.get();
            return bytes == null ? 0 : bytes;
        } catch (JedisDataException e) {
            return BYTES_UNKNOWN; // whoever may not ask for it still may read
        }
    }

    /** Reads values; a key that has become of another type meanwhile is asked again. */
    static List<Read> read(Jedis redis, List<Described> keys, long bytesMax) {
        var read = new ArrayList<Read>(keys.size());
        var left = keys;
        for (int attempt = 1; !left.isEmpty(); attempt++) {
            var changed = new ArrayList<byte[]>();
            for (var asked : ask(redis, left, bytesMax)) {
                try {
                    long remaining = asked.remaining.get();
                    read.add(new Read(asked.key.key, asked.key.type, remaining == NO_SUCH_KEY
                            ? Optional.empty()
                            : asked.value.get(), remaining));
                } catch (JedisDataException e) {
                    if (attempt == ATTEMPTS_MAX || !String.valueOf(e.getMessage()).startsWith("WRONGTYPE")) {
                        throw e;
                    }
                    changed.add(asked.key.key);
                }
            }
            left = changed.isEmpty() ? List.of() : described(redis, changed);
        }
        return read;
    }

    private static List<Asked> ask(Jedis redis, List<Described> keys, long bytesMax) {
        var asked = new ArrayList<Asked>(keys.size());
        try (var pipeline = redis.pipelined()) {
            for (var key : keys) {
                Supplier<Optional<RedisValue>> value = key.bytes > bytesMax
                        ? () -> Optional.of(new RedisValue.TooLarge(key.type, key.bytes))
                        : value(pipeline, key);
                asked.add(new Asked(key, pipeline.pttl(key.key), value));
            }
            pipeline.sync();
        }
        return asked;
    }

    private static Supplier<Optional<RedisValue>> value(redis.clients.jedis.Pipeline pipeline, Described key) {
        return switch (key.type) {
            case "string" -> {
                var text = pipeline.get(key.key);
                yield () -> Optional.ofNullable(text.get()).map(RedisValue.Text::new);
            }
            case "hash" -> {
                var hash = pipeline.hgetAll(key.key);
                yield () -> some(hash.get().isEmpty(), () -> new RedisValue.Hash(List.copyOf(hash.get().entrySet()),
                        0));
            }
            case "list" -> {
                var list = pipeline.lrange(key.key, 0, -1);
                yield () -> some(list.get().isEmpty(), () -> new RedisValue.Elements(list.get()));
            }
            case "set" -> {
                Response<Set<byte[]>> set = pipeline.smembers(key.key);
                yield () -> some(set.get().isEmpty(), () -> new RedisValue.Members(List.copyOf(set.get())));
            }
            case "zset" -> {
                var scored = pipeline.zrangeWithScores(key.key, 0, -1);
                yield () -> some(scored.get().isEmpty(), () -> new RedisValue.Scored(scored.get().stream()
                        .map(tuple -> Map.entry(tuple.getBinaryElement(), tuple.getScore())).toList()));
            }
            case NONE -> Optional::empty;
            default -> () -> Optional.of(new RedisValue.Other(key.type));
        };
    }

    /** What is empty is not there: Redis keeps no empty collections. */
    private static Optional<RedisValue> some(boolean isEmpty, Supplier<RedisValue> value) {
        return isEmpty ? Optional.empty() : Optional.of(value.get());
    }
}
