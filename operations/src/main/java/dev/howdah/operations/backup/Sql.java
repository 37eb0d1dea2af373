package dev.howdah.operations.backup;

import java.util.Collection;
import java.util.stream.Collectors;

/** Names of tables and columns that come from the catalogue, written so that they cannot be anything else. */
final class Sql {
    private Sql() {}

    static String name(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    static String names(Collection<String> names) {
        return names.stream().map(Sql::name).collect(Collectors.joining(", "));
    }

    static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
