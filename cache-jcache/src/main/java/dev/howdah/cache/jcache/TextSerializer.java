package dev.howdah.cache.jcache;

import static java.util.Map.entry;

import dev.howdah.cache.CacheValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import javax.cache.CacheException;

/** Values that have one form as text. Whole numbers are stored as numbers, which others can increment. */
record TextSerializer<T>(Class<T> type, Function<String, ?> parser) implements Serializer<T> {
    private static final Map<Class<?>, Function<String, ?>> PARSERS = Map.ofEntries(
            entry(String.class, Function.identity()), entry(Long.class, Long::valueOf),
            entry(Integer.class, Integer::valueOf), entry(Short.class, Short::valueOf),
            entry(Byte.class, Byte::valueOf), entry(Double.class, Double::valueOf), entry(Float.class, Float::valueOf),
            entry(Boolean.class, Boolean::valueOf), entry(Character.class, text -> text.charAt(0)),
            entry(BigDecimal.class, BigDecimal::new), entry(BigInteger.class, BigInteger::new),
            entry(UUID.class, UUID::fromString));

    static <T> Optional<Serializer<T>> of(Class<T> type) {
        return Optional.ofNullable(PARSERS.get(type)).map(parser -> new TextSerializer<>(type, parser));
    }

    @Override
    public CacheValue write(T value) {
        return switch (value) {
            case Long number -> CacheValue.number(number);
            case Integer number -> CacheValue.number(number);
            case Short number -> CacheValue.number(number);
            case Byte number -> CacheValue.number(number);
            default -> CacheValue.text(checked(value.toString()));
        };
    }

    /** Half of a surrogate pair has no form in UTF-8: it would come back as a question mark. */
    private static String checked(String text) {
        try {
            StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            return text;
        } catch (CharacterCodingException e) {
            throw new CacheException("a text has half of a surrogate pair and cannot be stored; correct it", e);
        }
    }

    @Override
    public T read(CacheValue stored) {
        try {
            return type.cast(parser.apply(stored.text()));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new CacheException("what is stored is no " + type.getSimpleName()
                    + "; something else has written it, or the type of the cache has changed", e);
        }
    }
}
