package dev.howdah.documents.query;

import dev.howdah.postgres.InvalidInputException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An index that a collection declares.
 *
 * @param name lower-case letters, digits and underscores
 * @param kind what it serves
 * @param paths of a B-tree, 1 to {@link #PATHS_MAX}, without steps that are indexes of arrays; none for GIN
 * @param unique whether two documents may not have the same values; only of a B-tree. A missing field counts as null. It is
 *        not held for documents with an array on the way, or with a value of more than 1,000 bytes
 */
public record DeclaredIndex(String name, Kind kind, List<FieldPath> paths, boolean unique) {
    /** The most paths of an index. */
    public static final int PATHS_MAX = 8;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");

    /** The kinds. */
    public enum Kind {
        /** Equality, ranges and order on declared paths. */
        BTREE,
        /** Equality on any path: {@code jsonb_path_ops} on the whole document. */
        GIN
    }

    /** @throws InvalidInputException {@code index-invalid} */
    public DeclaredIndex {
        paths = List.copyOf(paths);
        if (!NAME.matcher(name).matches()) {
            throw invalid("name", "the name \"" + name + "\" is not allowed",
                    "use 1 to 40 lower-case letters, digits and underscores, a letter first");
        }
        if (kind == Kind.GIN ? !paths.isEmpty() || unique : paths.isEmpty() || paths.size() > PATHS_MAX) {
            throw invalid("paths", "an index of kind " + kind.name().toLowerCase(java.util.Locale.ROOT) + " with "
                    + paths.size() + " paths" + (unique ? ", unique" : ""),
                    "a btree has 1 to " + PATHS_MAX + " paths; a gin has none and is not unique");
        }
        for (var path : paths) {
            if (path.steps().stream().anyMatch(FieldPath::isIndex)) {
                throw invalid("paths", "the path \"" + path + "\" has a step that is a number",
                        "declare the field above it; array members are found through it");
            }
        }
    }

    /**
     * What the index is on, for {@code CREATE INDEX ... ON documents_n USING}; the paths' text is quoted. One path is followed by
     * the id, so that documents with the same value come in the order of a page; with more, an entry might not fit.
     *
     * @return such as {@code btree (document_key(data, '{user,id}'), id)} or {@code gin (data jsonb_path_ops)}
     */
    public String definition() {
        if (kind == Kind.GIN) {
            return "gin (data jsonb_path_ops)";
        }
        var keys = paths.stream().map(DeclaredIndex::key).collect(Collectors.joining(", "));
        if (!unique) {
            return "btree (" + keys + (paths.size() == 1 ? ", id)" : ")");
        }
        // documents whose key does not tell the value differ by their id
        var unclear = paths.stream().map(path -> key(path) + " = '[]'").collect(Collectors.joining(" OR "));
        return "btree (" + keys + ", (CASE WHEN " + unclear + " THEN id END)) NULLS NOT DISTINCT";
    }

    /** The expression that a B-tree keeps for a path; queries must say exactly this. */
    static String key(FieldPath path) {
        return "document_key(data, " + literal(path) + ")";
    }

    /** The value at a path that goes through objects alone; without a call of a function. */
    static String value(FieldPath path) {
        return path.steps().size() == 1
                ? "(data -> '" + path.head().replace("'", "''") + "')"
                : "(data #> " + literal(path) + ")";
    }

    private static String literal(FieldPath path) {
        return path.steps().stream().map(DeclaredIndex::element).collect(Collectors.joining(",", "'{", "}'::text[]"));
    }

    /** An array's element within a literal; colons and question marks are safe within quotes. */
    private static String element(String step) {
        return "\"" + step.replace("\\", "\\\\").replace("\"", "\\\"").replace("'", "''") + "\"";
    }

    private static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("index-invalid", field, problem, remedy);
    }
}
