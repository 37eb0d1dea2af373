package dev.howdah.documents.query;

import java.util.List;
import org.jdbi.v3.core.Handle;

/**
 * What a collection's queries may count on.
 *
 * @param indexes those that are declared and built
 * @param textInCodePoints whether the database compares texts by code points, as {@link #textInCodePoints(Handle)} tells;
 *        only then ranges of texts can use a B-tree
 */
public record IndexUse(List<DeclaredIndex> indexes, boolean textInCodePoints) {
    /** No index at all. */
    public static final IndexUse NONE = new IndexUse(List.of(), false);

    static final String COLLATION = """
        SELECT datlocprovider = 'b' OR datlocprovider = 'c' AND datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')
          FROM pg_database
         WHERE datname = current_database()
        """;

    public IndexUse {
        indexes = List.copyOf(indexes);
    }

    /** Asks the database once how it compares texts within JSONB: always by its own collation. */
    public static boolean textInCodePoints(Handle handle) {
        return handle.createQuery(COLLATION).mapTo(Boolean.class).one();
    }

    /** Whether a B-tree has a key for the path. */
    boolean isKey(FieldPath path) {
        for (var index : indexes) { // for every clause of every query
            if (index.paths().contains(path)) {
                return true;
            }
        }
        return false;
    }

    boolean hasGin() {
        return indexes.stream().anyMatch(index -> index.kind() == DeclaredIndex.Kind.GIN);
    }
}
