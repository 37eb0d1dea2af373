package dev.howdah.operations.imports;

import java.util.List;
import java.util.Map;

/** What stands under a key of Redis. Bytes are not copied. */
sealed interface RedisValue {
    /** The name that Redis has for it. */
    default String type() {
        return switch (this) {
            case Text _ -> "string";
            case Hash _ -> "hash";
            case Elements _ -> "list";
            case Members _ -> "set";
            case Scored _ -> "zset";
            case Other(var type) -> type;
            case TooLarge(var type, var _) -> type;
        };
    }

    /** A string. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Text(byte[] bytes) implements RedisValue {}

    /**
     * A hash.
     *
     * @param expiring fields that have a time of their own
     */
    record Hash(List<Map.Entry<byte[], byte[]>> fields, int expiring) implements RedisValue {}

    /** A list, in its order. */
    record Elements(List<byte[]> elements) implements RedisValue {}

    /** A set. */
    record Members(List<byte[]> members) implements RedisValue {}

    /** A sorted set, by score. */
    record Scored(List<Map.Entry<byte[], Double>> members) implements RedisValue {}

    /** A stream, or what a module has made. */
    record Other(String type) implements RedisValue {}

    /** Something that is larger than what is read. */
    record TooLarge(String type, long bytes) implements RedisValue {}
}
