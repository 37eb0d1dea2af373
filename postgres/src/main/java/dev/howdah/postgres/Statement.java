package dev.howdah.postgres;

import java.util.List;
import java.util.Optional;

/**
 * What an SQL statement does.
 *
 * @param type by the verb that decides; for a WITH, the one behind its common table expressions
 * @param table what it changes, or else reads first, in its own case and with its schema if that is named: a common table
 *        expression or sub-query stands for the table that it reads; absent if there is none, such as for a function
 * @param written the table of each part that changes one, those within common table expressions, too; a table may be there twice
 */
public record Statement(StatementType type, Optional<String> table, List<String> written) {
    /** What the text says; text that is no SQL is of type {@link StatementType#OTHER}. */
    public static Statement of(String sql) {
        var tokens = SqlTokens.of(sql);
        var read = StatementReader.read(tokens);
        return new Statement(read.type(), read.table(), StatementReader.written(tokens));
    }

    Statement(StatementType type, Optional<String> table) {
        this(type, table, List.of());
    }
}
