package dev.howdah.workflow.definition;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialects;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Checks what goes into nodes and comes out of them against JSON Schemas. Thread-safe. */
public final class Contracts {
    private static final int CACHE_MAX = 1_000;

    /** Violations that are told; of more, how many there are. */
    private static final int TOLD_MAX = 20;

    private static final SchemaRegistry REGISTRY = SchemaRegistry
            .withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Map<JsonNode, Schema> SCHEMAS = Collections
            .synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<JsonNode, Schema> eldest) {
                    return size() > CACHE_MAX;
                }
            });

    private Contracts() {}

    /**
     * What about a value does not fit a schema, in sentences for people; nothing if it fits.
     *
     * @param contract JSON Schema, 2020-12 unless it names another
     */
    public static List<String> violations(JsonNode contract, JsonNode value) {
        var errors = schema(contract).validate(value);
        var told = new ArrayList<String>();
        errors.stream().limit(TOLD_MAX).map(Contracts::sentence).forEach(told::add);
        if (errors.size() > TOLD_MAX) {
            told.add("and " + (errors.size() - TOLD_MAX) + " more");
        }
        return told;
    }

    /** What is wrong with a schema itself; nothing if it can be used. */
    public static List<String> schemaProblems(JsonNode contract) {
        try {
            var errors = REGISTRY.getSchema(SchemaLocation.of(Dialects.getDraft202012().getId())).validate(contract);
            if (!errors.isEmpty()) {
                return errors.stream().limit(TOLD_MAX).map(Contracts::sentence).toList();
            }
            schema(contract);
            return List.of();
        } catch (SchemaException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static Schema schema(JsonNode contract) {
        var known = SCHEMAS.get(contract);
        if (known != null) {
            return known;
        }
        var schema = REGISTRY.getSchema(contract);
        schema.initializeValidators();
        SCHEMAS.put(contract, schema);
        return schema;
    }

    private static String sentence(Error error) {
        var at = error.getInstanceLocation().toString();
        return error.getKeyword() != null && error.getKeyword().equals("required")
                ? at + "/" + error.getProperty() + " is missing"
                : (at.isEmpty() ? "the value" : at) + " " + error.getMessage();
    }
}
