package dev.howdah.spring.json;

import com.fasterxml.jackson.annotation.JsonFormat;
import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;

/**
 * Objects of any class as JSON that says which, for what Spring keeps without telling a type: values of caches, attributes of
 * sessions. Text, numbers and truth values are themselves; everything else is {@code {"type": "com.acme.Cart", "value": …}}. Where
 * a declared type leaves it open, types stand within the value, too.
 *
 * <p>Read is only what is of a trusted package (with those below it), or a value, collection or date of Java's own: data must not say
 * which code is run. Thread-safe.
 */
public final class TypedJson {
    private static final String TYPE = "type";
    private static final String VALUE = "value";
    /** Of Java's own classes those of these packages and kinds: others do things when they are made. */
    private static final List<String> JAVA = List.of("java.lang.", "java.math.", "java.net.", "java.time.",
            "java.util.");
    private static final List<Class<?>> JAVA_KINDS = List.of(CharSequence.class, Number.class, Boolean.class,
            Character.class, Collection.class, Map.class, Optional.class, TemporalAccessor.class, TemporalAmount.class,
            ZoneId.class, Date.class, UUID.class, URI.class, Locale.class, Currency.class);

    private final List<String> trusted;
    private final ClassLoader loader;
    private final JsonMapper mapper;

    /**
     * Reads and writes with Jackson's defaults and the given modules.
     *
     * @param packages whose classes, and those of packages below, are read
     * @param loader that knows them
     * @param modules of Jackson, such as those for classes of Spring Security
     */
    public TypedJson(Collection<String> packages, ClassLoader loader, Collection<? extends JacksonModule> modules) {
        this.trusted = packages.stream().map(name -> name + ".").toList();
        this.loader = loader;
        this.mapper = JsonMapper.builder().addModules(modules.toArray(JacksonModule[]::new))
                .activateDefaultTyping(new Trusted(), DefaultTyping.OBJECT_AND_NON_CONCRETE)
                // A number would lose its trailing zeroes where JSON is stored.
                .withConfigOverride(BigDecimal.class, decimal -> decimal.setFormat(
                        JsonFormat.Value.forShape(JsonFormat.Shape.STRING)))
                .build();
    }

    /**
     * The object as JSON.
     *
     * @throws InvalidInputException if Jackson cannot write it, or it could not be read again
     */
    public JsonNode write(@Nullable Object value) {
        try {
            if (value == null || value instanceof String || value instanceof Boolean || value instanceof Integer) {
                return mapper.valueToTree(value);
            }
            var type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
            if (!isTrusted(type)) {
                throw untrusted(type.getName());
            }
            return readable(mapper.createObjectNode().put(TYPE, type.getName()).set(VALUE, mapper.valueToTree(value)));
        } catch (JacksonException e) {
            throw new InvalidInputException("not-json", "", "an object cannot be written as JSON: "
                    + e.getOriginalMessage(),
                    "make it a record, or give it getters and a constructor that Jackson finds");
        }
    }

    /** The same, if it can be read: else it fails now and not when it is needed. */
    private JsonNode readable(JsonNode json) {
        try {
            read(json);
            return json;
        } catch (InvalidInputException e) {
            throw new InvalidInputException("not-json", "", "an object could not be read again: " + e.getMessage(), "");
        }
    }

    /**
     * What was written.
     *
     * @throws InvalidInputException if its type is not trusted, is not there any more, or has changed so that the value is none of it
     */
    public @Nullable Object read(JsonNode json) {
        if (json.isNull()) {
            return null;
        }
        var name = json.path(TYPE).asString("");
        try {
            if (!json.isObject()) {
                return mapper.treeToValue(json, Object.class);
            }
            var type = Class.forName(name, false, loader);
            if (!isTrusted(type)) {
                throw untrusted(name);
            }
            return mapper.treeToValue(json.path(VALUE), type);
        } catch (ClassNotFoundException e) {
            throw unreadable(name, "there is no such class any more");
        } catch (JacksonException e) {
            throw unreadable(name, e.getOriginalMessage());
        }
    }

    private static InvalidInputException untrusted(String type) {
        return new InvalidInputException("type-not-trusted", "", type + " is of no package that is trusted",
                "name its package in howdah.spring.trusted-packages, if it is yours");
    }

    private static InvalidInputException unreadable(String type, String why) {
        return new InvalidInputException("not-of-type", "", "what was stored as " + type + " cannot be read: " + why,
                "delete it, or read it with the version that wrote it");
    }

    private boolean isTrusted(Class<?> type) {
        if (type.isArray()) {
            return isTrusted(type.componentType());
        }
        var name = type.getName();
        return type.isPrimitive() || trusted.stream().anyMatch(name::startsWith)
                || (JAVA.stream().anyMatch(name::startsWith)
                        && JAVA_KINDS.stream().anyMatch(kind -> kind.isAssignableFrom(type)));
    }

    /** Asked for what stands within values. */
    private final class Trusted extends PolymorphicTypeValidator.Base {
        @Override
        public Validity validateBaseType(DatabindContext context, JavaType baseType) {
            return Validity.INDETERMINATE; // each class is asked for
        }

        @Override
        public Validity validateSubType(DatabindContext context, JavaType baseType, JavaType subType) {
            return isTrusted(subType.getRawClass()) ? Validity.ALLOWED : Validity.DENIED;
        }
    }
}
