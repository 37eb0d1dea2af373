package dev.howdah.knowledge.collection;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * A collection as it is stored.
 *
 * @param id its number in the database; 0 before it is stored
 * @param name unique
 * @param language the text search configuration that cuts its texts into terms, such as {@code english}
 * @param fields declared fields of the metadata, which filters may name and which are indexed; empty: any field, none
 *        indexed
 * @param vectors what its vectors are; absent if it has none
 */
public record SearchCollection(int id, String name, String language, Map<String, FieldType> fields,
        Optional<VectorSettings> vectors) {
    /** The most fields a collection may declare; each is an index. */
    public static final int FIELDS_MAX = 32;

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,99}");
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,62}");
    private static final Pattern LANGUAGE = Pattern.compile("[a-z_]{1,63}");

    public SearchCollection {
        fields = java.util.Collections.unmodifiableMap(new TreeMap<>(fields));
        var faults = new ArrayList<Fault>();
        if (!NAME.matcher(name).matches()) {
            faults.add(new Fault("name", "\"" + name + "\" is no name of a collection",
                    "use up to 100 of a-z, 0-9, '_', '.', '-'"));
        }
        if (!LANGUAGE.matcher(language).matches()) {
            faults.add(new Fault("language", "\"" + language + "\" is no text search configuration",
                    "use one of: SELECT cfgname FROM pg_ts_config"));
        }
        if (fields.size() > FIELDS_MAX) {
            faults.add(new Fault("fields", fields.size() + " fields are declared", "declare at most " + FIELDS_MAX));
        }
        fields.keySet().stream().filter(field -> !FIELD.matcher(field).matches()).forEach(field -> faults.add(
                new Fault("fields/" + field, "no name of a field",
                        "use up to 63 letters, digits, '_', '.', '-', a letter first")));
        if (!faults.isEmpty()) {
            throw new InvalidInputException("collection-invalid", faults);
        }
    }

    /** One that is to be created: English, with any metadata. */
    public static SearchCollection named(String name) {
        return new SearchCollection(0, name, "english", Map.of(), Optional.empty());
    }

    /** The same with vectors. */
    public SearchCollection withVectors(VectorSettings settings) {
        return new SearchCollection(id, name, language, fields, Optional.of(settings));
    }

    /** The same with declared fields. */
    public SearchCollection withFields(Map<String, FieldType> declared) {
        return new SearchCollection(id, name, language, declared, vectors);
    }

    /** The same in another language. */
    public SearchCollection withLanguage(String configuration) {
        return new SearchCollection(id, name, configuration, fields, vectors);
    }

    /**
     * What its vectors are.
     *
     * @throws InvalidInputException if it has none
     */
    public VectorSettings requireVectors() {
        return vectors.orElseThrow(() -> new InvalidInputException("collection-without-vectors", "collection",
                "collection \"" + name + "\" has no vectors", "create it with a dimension, or search its texts"));
    }

    /** Checks metadata against the declared fields; fields that are not declared may hold anything. */
    void check(ObjectNode metadata) {
        for (var field : metadata.properties()) {
            var type = fields.get(field.getKey());
            if (type != null && !type.accepts(field.getValue())) {
                throw new InvalidInputException("metadata-invalid", "metadata/" + field.getKey(),
                        "is declared as " + type.label() + " and holds " + field.getValue().getNodeType(),
                        "give a " + type.label());
            }
        }
    }
}
