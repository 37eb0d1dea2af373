package dev.howdah.documents.query;

import java.util.stream.Collectors;

/**
 * A sort as the list of an ORDER BY over {@code id} and {@code data}. Each key is what the function
 * {@code document_sort_key} picks at the path: its type's place, then a number, then a text by code points. Objects among
 * themselves, and arrays within arrays, keep the order of their ids. No declared index serves it.
 */
public final class SortSql {
    private SortSql() {}

    /** The list behind ORDER BY, with numbered parameters; never empty, because the id comes last. */
    public static SqlCondition of(Sort sort) {
        return of(sort, "sort");
    }

    /** The same with another name for its parameters. */
    public static SqlCondition of(Sort sort, String prefix) {
        var parameters = new Parameters(prefix);
        var list = sort.keys().stream()
                .map(key -> "document_sort_key(data, " + parameters.texts(key.path().steps()) + ", "
                        + key.descending() + ")" + (key.descending() ? " DESC, " : ", "))
                .collect(Collectors.joining());
        return new SqlCondition(list + "id", parameters.all());
    }
}
