package dev.howdah.operations.imports;

import dev.howdah.cache.CacheKey;
import dev.howdah.cache.CacheValue;
import dev.howdah.documents.value.DocumentIds;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What entries of Redis become. A string is a number, a text or bytes, whatever it is; a hash is an object, a list and a set are
 * arrays, a sorted set is an array of pairs of member and score. What is no UTF-8, or holds U+0000, is
 * <code>{"$binary": …}</code>; a hash with such field names is <code>{"$pairs": [[field, value], …]}</code>. A document has the key as {@code _id}, {@code type},
 * {@code value} (or {@code pairs}) and {@code expires_at}.
 *
 * @param isSeveral whether several databases are read; then all but number 0 go to targets with their number behind the name
 * @param valueMax bytes of a cached value
 */
record RedisMapping(ImportTarget target, boolean isSeveral, int valueMax, DocumentLimits limits) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Pattern NUMBER = Pattern.compile("0|-?[1-9][0-9]{0,18}");
    private static final String SESSION_NOTE = "spring-session";
    private static final String SESSION = "spring:session:";
    private static final String EXPIRING_FIELDS = "hash fields with a time of their own, which is not kept";
    private static final int CONTENT_MAX = 200;

    /** What the key with its value becomes. */
    Item item(int database, byte[] key, RedisValue value, Optional<Instant> expiresAt) {
        return switch (value) {
            case RedisValue.Other(var type) -> new Item.Unsupported(type, Masked.key(key));
            case RedisValue.TooLarge(var type, var bytes) -> rejected(database, key, type, "has about " + bytes
                    + " bytes, more than howdah.operations.import-record-max");
            case RedisValue.Text _,RedisValue.Hash _,RedisValue.Elements _,RedisValue.Members _,RedisValue.Scored _ ->
                stored(database, key, value, expiresAt);
        };
    }

    private Item stored(int database, byte[] key, RedisValue value, Optional<Instant> expiresAt) {
        boolean inCache = target.cache().isPresent() && (value instanceof RedisValue.Text || target.collection()
                .isEmpty());
        try {
            return inCache ? entry(database, key, value, expiresAt) : document(database, key, value, expiresAt);
        } catch (InvalidInputException e) {
            return rejected(database, key, value.type(), e.problem());
        }
    }

    private Item entry(int database, byte[] key, RedisValue value, Optional<Instant> expiresAt) {
        var name = CacheKey.of(key);
        var cached = value instanceof RedisValue.Text(var bytes) ? scalar(bytes) : CacheValue.json(json(value));
        var content = cached.bytes();
        if (content.length > valueMax) {
            return rejected(database, key, value.type(), "has " + content.length
                    + " bytes, more than howdah.cache.value-max, which is " + valueMax);
        }
        return new Item.Entry(value.type(), named(target.cache().orElseThrow(), database), name, cached, expiresAt,
                checksum(name, cached), note(key, value));
    }

    /** Of an entry, at either side. */
    static long checksum(CacheKey key, CacheValue value) {
        return Checksums.of(key.bytes(), Checksums.of(value.bytes()) + value.kind().name().charAt(0));
    }

    private Item document(int database, byte[] key, RedisValue value, Optional<Instant> expiresAt) {
        var document = JSON.objectNode();
        document.set("_id", text(key));
        document.put("type", value.type());
        if (value instanceof RedisValue.Hash hash && !isObject(hash)) {
            document.set("pairs", pairs(hash));
        } else {
            document.set("value", value instanceof RedisValue.Text(var bytes) ? text(bytes) : json(value));
        }
        expiresAt.ifPresent(at -> document.putObject("expires_at").putObject("$date").put("$numberLong",
                Long.toString(at.toEpochMilli())));
        var stored = Values.normalise(document, limits);
        var id = DocumentIds.toId(stored.data().path("_id"));
        return new Item.Document(value.type(), named(target.collection().orElseThrow(), database), id, stored,
                Checksums.of(document), note(key, value));
    }

    private String named(String name, int database) {
        return isSeveral && database != 0 ? name + "-" + database : name;
    }

    private static CacheValue scalar(byte[] bytes) {
        var text = utf8(bytes);
        if (text.isEmpty()) {
            return CacheValue.bytes(bytes);
        }
        return isNumber(text.get()) ? CacheValue.number(Long.parseLong(text.get())) : CacheValue.text(text.get());
    }

    private static boolean isNumber(String text) {
        if (text.isEmpty() || text.length() > 20 || !NUMBER.matcher(text).matches()) {
            return false;
        }
        try {
            return Long.toString(Long.parseLong(text)).equals(text);
        } catch (NumberFormatException e) {
            return false; // 19 digits, and beyond 64 bits
        }
    }

    private static JsonNode json(RedisValue value) {
        return switch (value) {
            case RedisValue.Text(var bytes) -> text(bytes);
            case RedisValue.Hash hash -> isObject(hash) ? object(hash) : JSON.objectNode().set("$pairs", pairs(hash));
            case RedisValue.Elements(var elements) -> array(elements);
            case RedisValue.Members(var members) -> array(members);
            case RedisValue.Scored scored -> scored(scored);
            case RedisValue.Other _,RedisValue.TooLarge _ -> JSON.nullNode();
        };
    }

    private static boolean isObject(RedisValue.Hash hash) {
        var names = new HashSet<String>();
        return hash.fields().stream().map(field -> utf8(field.getKey()))
                .allMatch(name -> name.isPresent() && name.get().indexOf('\0') < 0 && !name.get().startsWith("$")
                        && names.add(name.get()));
    }

    private static ObjectNode object(RedisValue.Hash hash) {
        var object = JSON.objectNode();
        hash.fields().forEach(field -> object.set(utf8(field.getKey()).orElseThrow(), text(field.getValue())));
        return object;
    }

    private static ArrayNode pairs(RedisValue.Hash hash) {
        var pairs = JSON.arrayNode(hash.fields().size());
        hash.fields().forEach(field -> pairs.addArray().add(text(field.getKey())).add(text(field.getValue())));
        return pairs;
    }

    private static ArrayNode array(Collection<byte[]> elements) {
        var array = JSON.arrayNode(elements.size());
        elements.forEach(element -> array.add(text(element)));
        return array;
    }

    private static ArrayNode scored(RedisValue.Scored scored) {
        var array = JSON.arrayNode(scored.members().size());
        scored.members().forEach(member -> array.addArray().add(text(member.getKey())).add(score(member.getValue())));
        return array;
    }

    private static JsonNode score(double score) {
        return Double.isFinite(score)
                ? JSON.numberNode(score)
                : JSON.objectNode().put("$numberDouble", Double.toString(score));
    }

    private static JsonNode text(byte[] bytes) {
        var text = utf8(bytes).filter(found -> found.indexOf('\0') < 0);
        if (text.isPresent()) {
            return JSON.stringNode(text.get());
        }
        var node = JSON.objectNode();
        node.putObject("$binary").put("base64", Base64.getEncoder().encodeToString(bytes)).put("subType", "00");
        return node;
    }

    private static Optional<String> utf8(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0) {
                return decoded(bytes);
            }
        }
        return Optional.of(new String(bytes, StandardCharsets.US_ASCII));
    }

    private static Optional<String> decoded(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> note(byte[] key, RedisValue value) {
        if (value instanceof RedisValue.Hash hash && hash.expiring() > 0) {
            return Optional.of(EXPIRING_FIELDS);
        }
        boolean isSession = new String(key, StandardCharsets.ISO_8859_1).startsWith(SESSION);
        return isSession ? Optional.of(SESSION_NOTE) : Optional.empty();
    }

    private static Item rejected(int database, byte[] key, String type, String reason) {
        var shown = text(key).toString();
        return new Item.Rejected(type, "database " + database, reason, shown.length() <= CONTENT_MAX
                ? shown
                : shown.substring(0, CONTENT_MAX));
    }
}
