package dev.howdah.operations.search;

import dev.howdah.documents.query.FieldPath;
import dev.howdah.postgres.InvalidInputException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What of a collection's documents is searched.
 *
 * @param collection of documents; lower-case letters, digits, '_', '.' and '-', a letter or digit first
 * @param title path of the field that is a document's title
 * @param fields paths of those that are its text, 1 to {@value #FIELDS_MAX}; whatever text stands at or below them
 * @param language the text search configuration, such as {@code english}
 */
public record SearchDefinition(String collection, Optional<FieldPath> title, List<FieldPath> fields, String language) {
    /** The most fields. */
    public static final int FIELDS_MAX = 20;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,89}");
    private static final Pattern LANGUAGE = Pattern.compile("[a-z_]{1,63}");

    /** @throws InvalidInputException {@code search-invalid} */
    public SearchDefinition {
        fields = List.copyOf(fields);
        if (!NAME.matcher(collection).matches()) {
            throw invalid("collection", "\"" + collection + "\" cannot be searched",
                    "use a collection whose name is up to 90 of a-z, 0-9, '_', '.', '-'");
        }
        if (fields.isEmpty() || fields.size() > FIELDS_MAX) {
            throw invalid("fields", "are " + fields.size(), "name 1 to " + FIELDS_MAX + " paths");
        }
        if (!LANGUAGE.matcher(language).matches()) {
            throw invalid("language", "\"" + language + "\" is no text search configuration",
                    "use one such as english, german or simple");
        }
    }

    /** The collection of {@code knowledge} that follows it. */
    String followedBy() {
        return followedBy(collection);
    }

    static String followedBy(String collection) {
        return "documents." + collection;
    }

    private static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("search-invalid", field, problem, remedy);
    }
}
