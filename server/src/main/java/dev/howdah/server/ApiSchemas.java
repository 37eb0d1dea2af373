package dev.howdah.server;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.jackson.TypeNameResolver;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas of the API's description. Each kind of value has a name of its own, fields are named as the API names them, and an
 * answer says which of its fields may be null: all of them are always there.
 */
final class ApiSchemas extends ModelResolver {
    /** What callers send; what must be there is said by the API when it is not. */
    private static final String INPUT = "Input";

    private final Names names;

    ApiSchemas() {
        this(new Names());
    }

    private ApiSchemas(Names names) {
        super(Json31.mapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE), names);
        this.names = names;
    }

    private static final class Names extends TypeNameResolver {
        private final Map<String, JavaType> records = new ConcurrentHashMap<>();

        @Override
        public String nameForType(JavaType type, Set<Options> options) {
            var name = super.nameForType(type, options);
            if (type.isRecordType()) {
                var known = records.putIfAbsent(name, type);
                if (known != null && !known.equals(type)) {
                    throw new IllegalStateException(
                            "the API's description would say " + name + " to " + known.toCanonical()
                                    + " and to " + type.toCanonical() + "; rename one of them");
                }
            }
            return name;
        }
    }

    @Override
    @SuppressWarnings("rawtypes") // as the library declares it
    public @Nullable Schema resolve(AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
        var raw = _mapper.constructType(type.getType()).getRawClass();
        if (!JsonNode.class.isAssignableFrom(raw)) {
            return super.resolve(type, context, chain);
        }
        var any = new JsonSchema();
        if (raw == ObjectNode.class) {
            any.addType("object");
            any.setAdditionalProperties(new JsonSchema());
        } else if (raw == ArrayNode.class) {
            any.addType("array");
            any.items(new JsonSchema());
        }
        return any;
    }

    /** Marks the fields of answers. */
    @SuppressWarnings("rawtypes")
    void markFields(Map<String, Schema> schemas) {
        names.records.forEach((name, type) -> {
            var schema = schemas.get(name);
            if (schema != null && schema.getProperties() != null && !name.endsWith(INPUT)) {
                markFields(type.getRawClass(), properties(schema), schema);
            }
        });
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<String, Schema> properties(Schema schema) {
        return schema.getProperties();
    }

    @SuppressWarnings("rawtypes")
    private static void markFields(Class<?> type, Map<String, Schema> properties, Schema<?> schema) {
        var required = new ArrayList<String>();
        Arrays.stream(type.getRecordComponents()).forEach(component -> {
            var field = SnakeCaseStrategy.INSTANCE.translate(component.getName());
            var property = properties.get(field);
            if (property != null) {
                required.add(field);
                if (component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    properties.put(field, orNull(property));
                }
            }
        });
        schema.setRequired(required.stream().sorted().toList());
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static Schema orNull(Schema schema) {
        if (schema.get$ref() != null || schema.getEnum() != null) {
            return new JsonSchema().anyOf(List.of(schema, new JsonSchema().types(Set.of("null"))));
        }
        if (schema.getTypes() != null) {
            schema.addType("null");
        }
        return schema;
    }
}
