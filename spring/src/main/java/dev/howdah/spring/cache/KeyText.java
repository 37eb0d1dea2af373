package dev.howdah.spring.cache;

import dev.howdah.postgres.InvalidInputException;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Objects as text: equal ones as the same, others as different texts, in every process. Texts stand in quotes and numbers say what they
 * are, as in Java: {@code "5"}, {@code 5}, {@code 5L}. Several parameters of a method are {@code (5L,"x")}; lists, sets and maps
 * {@code [5]}, {@code {5}}, {@code {5=6}}; the rest is the name of its class with its components, if it is a record, or with its own
 * text: {@code java.util.UUID("…")}.
 *
 * <p>Neither hash codes nor the text that {@link Object} has take part: they are others after a restart. An object that has nothing
 * else is refused.
 */
final class KeyText {
    /** Deeper, an object contains itself. */
    private static final int DEPTH_MAX = 32;
    private static final Pattern IDENTITY = Pattern.compile(
            "(\\[+(?:[ZBCDFIJS]|L[\\w$.]+;)|(?<![\\w$.])[\\w$.]+)@[0-9a-f]+");
    /** Its text would not tell {@code ("a, b")} from {@code ("a", "b")}. */
    private static final @Nullable Field PARAMETERS = ReflectionUtils.findField(SimpleKey.class, "params");
    private static final ClassValue<List<Method>> ACCESSORS = new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
            var accessors = Arrays.stream(type.getRecordComponents()).map(RecordComponent::getAccessor).toList();
            accessors.forEach(Method::trySetAccessible);
            return accessors;
        }
    };

    private final int depth;

    private KeyText(int depth) {
        this.depth = depth;
    }

    static String of(Object key) {
        return new KeyText(0).text(key);
    }

    private String text(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String text -> quoted(text);
            case Integer number -> number.toString();
            case Long number -> number + "L";
            case Boolean truth -> truth.toString();
            case Enum<?> constant -> constant.getDeclaringClass().getName() + "." + constant.name();
            case SimpleKey key -> "(" + all(parameters(key)) + ")";
            case Record record -> named(record, all(components(record)));
            case List<?> list -> "[" + all(list) + "]";
            case Set<?> set -> "{" + sorted(texts(set)) + "}";
            case Map<?, ?> map -> map.isEmpty() ? "{=}" : "{" + entries(map) + "}";
            case Collection<?> other -> throw refused(other, "has no order and no equality that hold");
            case Optional<?> optional -> named(optional, all(optional.stream().toList()));
            case Date date when isInstant(date) -> named(date, quoted(date.toInstant().toString()));
            case Calendar time -> named(time, quoted(time.toInstant() + " " + time.getTimeZone().getID()));
            default -> value.getClass().isArray() ? array(value) : named(value, quoted(ownText(value)));
        };
    }

    private static String quoted(String text) {
        return '"' + Surrogates.escaped(text.replace("\\", "\\\\").replace("\"", "\\\"")) + '"';
    }

    private static String named(Object value, String content) {
        return ClassUtils.getUserClass(value).getName() + "(" + content + ")";
    }

    private String all(Collection<?> elements) {
        return String.join(",", texts(elements));
    }

    private List<String> texts(Collection<?> elements) {
        var inner = inner(elements);
        var texts = new ArrayList<String>(elements.size());
        elements.forEach(element -> texts.add(inner.text(element)));
        return texts;
    }

    private KeyText inner(Object container) {
        if (depth == DEPTH_MAX) {
            throw refused(container, "is nested deeper than " + DEPTH_MAX + " levels, or contains itself");
        }
        return new KeyText(depth + 1);
    }

    private static String sorted(List<String> texts) {
        return String.join(",", texts.stream().sorted().toList());
    }

    private String entries(Map<?, ?> map) {
        var inner = inner(map);
        var texts = new ArrayList<String>(map.size());
        map.forEach((key, value) -> texts.add(inner.text(key) + "=" + inner.text(value)));
        return sorted(texts);
    }

    private String array(Object array) {
        var elements = new ArrayList<@Nullable Object>();
        IntStream.range(0, Array.getLength(array)).forEach(i -> elements.add(Array.get(array, i)));
        return array.getClass().getComponentType().getTypeName() + "[" + all(elements) + "]";
    }

    private static List<?> parameters(SimpleKey key) {
        if (PARAMETERS == null) {
            throw refused(key, "does not show its parameters in this version of Spring");
        }
        ReflectionUtils.makeAccessible(PARAMETERS);
        return ReflectionUtils.getField(PARAMETERS, key) instanceof Object[] found ? Arrays.asList(found) : List.of();
    }

    private static List<?> components(Record record) {
        var components = new ArrayList<@Nullable Object>();
        for (var accessor : ACCESSORS.get(record.getClass())) {
            try {
                components.add(accessor.invoke(record));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw refused(record, "does not show its component " + accessor.getName());
            }
        }
        return components;
    }

    /** The dates of SQL know no time zone, and their own text is all there is to them. */
    private static boolean isInstant(Date date) {
        return !(date instanceof java.sql.Date || date instanceof java.sql.Time);
    }

    private static String ownText(Object value) {
        var text = isInherited(value) ? "" : value.toString();
        if (isInherited(value) || namesIdentity(text, value.getClass().getClassLoader())) {
            throw refused(value, "has no text of its own that is the same in every process");
        }
        return text;
    }

    private static boolean isInherited(Object value) {
        var method = ReflectionUtils.findMethod(value.getClass(), "toString");
        return method == null || method.getDeclaringClass() == Object.class;
    }

    /** Whether it contains what {@link Object#toString} says of something within, such as {@code com.acme.Price@1b2c3d}. */
    private static boolean namesIdentity(String text, @Nullable ClassLoader loader) {
        return IDENTITY.matcher(text).results().anyMatch(found -> ClassUtils.isPresent(found.group(1), loader));
    }

    private static InvalidInputException refused(Object value, String why) {
        return new InvalidInputException("cache-key-invalid", "key", "a " + value.getClass().getName() + " " + why,
                "say in the annotation what tells one from another, such as key = \"#order.id\", or make its class a "
                        + "record");
    }
}
