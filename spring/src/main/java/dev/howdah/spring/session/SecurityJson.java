package dev.howdah.spring.session;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.jackson.SecurityJacksonModules;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.Serializers;

/**
 * What Spring Security keeps in sessions, written and read by its own Jackson modules. They need types within values in their own way, and
 * permit no classes but theirs and those named; given to the mapper of everything else, they would have it their way, too. So they
 * get a mapper of their own, and objects of Spring Security's are handed to it as a whole.
 *
 * <p>Only for those who have {@code spring-security-core} on the class path.
 */
public final class SecurityJson {
    /** What {@link dev.howdah.spring.json.TypedJson} has to trust besides: below it, Spring Security's modules decide what is read. */
    public static final String PACKAGE = "org.springframework.security";

    private SecurityJson() {}

    /**
     * Modules for {@link dev.howdah.spring.json.TypedJson}.
     *
     * @param packages whose classes may stand within Spring Security's, such as users of one's own, and those of packages below
     * @param loader that knows Spring Security's modules
     */
    public static List<JacksonModule> modules(Collection<String> packages, ClassLoader loader) {
        var allowed = BasicPolymorphicTypeValidator.builder();
        allowed.allowIfSubType((_, type) -> isOfJava(type));
        packages.forEach(name -> allowed.allowIfSubType(name + "."));
        var mapper = JsonMapper.builder().addModules(SecurityJacksonModules.getModules(loader, allowed)).build();
        return List.of(new Handing(mapper));
    }

    /** Spring Security permits the lists that it makes itself; a user's own class may hold any, and numbers. */
    private static boolean isOfJava(Class<?> type) {
        return (type.getName().startsWith("java.util.")
                && (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type)))
                || (type.getName().startsWith("java.math.") && Number.class.isAssignableFrom(type));
    }

    /** Hands objects of Spring Security's to their own mapper. */
    private static final class Handing extends SimpleModule {
        private final transient JsonMapper mapper;

        Handing(JsonMapper mapper) {
            super("howdah-spring-security");
            this.mapper = mapper;
        }

        @Override
        public void setupModule(SetupContext context) {
            context.addSerializers(new Serializers.Base() {
                @Override
                public @Nullable ValueSerializer<?> findSerializer(SerializationConfig config, JavaType type,
                        BeanDescription.Supplier bean, JsonFormat.@Nullable Value format) {
                    return isTheirs(type.getRawClass()) ? new Writer(mapper) : null;
                }
            });
            context.addDeserializers(new Deserializers.Base() {
                @Override
                public @Nullable ValueDeserializer<?> findBeanDeserializer(JavaType type,
                        DeserializationConfig config, BeanDescription.Supplier bean) {
                    return isTheirs(type.getRawClass()) ? new Reader(mapper, type) : null;
                }

                @Override
                public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
                    return isTheirs(type);
                }
            });
        }

        private static boolean isTheirs(Class<?> type) {
            return type.getName().startsWith(PACKAGE + ".");
        }
    }

    private static final class Writer extends ValueSerializer<Object> {
        private final JsonMapper mapper;

        Writer(JsonMapper mapper) {
            this.mapper = mapper;
        }

        @Override
        public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
            generator.writeTree(mapper.valueToTree(value));
        }

        /** Where it stands within a value that leaves its type open. */
        @Override
        public void serializeWithType(Object value, JsonGenerator generator, SerializationContext context,
                TypeSerializer type) {
            // Told as a scalar: the object's own braces come with its tree.
            var id = type.writeTypePrefix(generator, context, type.typeId(value, JsonToken.VALUE_EMBEDDED_OBJECT));
            serialize(value, generator, context);
            type.writeTypeSuffix(generator, context, id);
        }
    }

    private static final class Reader extends ValueDeserializer<Object> {
        private final JsonMapper mapper;
        private final JavaType type;

        Reader(JsonMapper mapper, JavaType type) {
            this.mapper = mapper;
            this.type = type;
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) {
            return mapper.treeToValue(context.readTree(parser), type);
        }
    }
}
