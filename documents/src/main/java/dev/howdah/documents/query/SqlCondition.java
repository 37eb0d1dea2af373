package dev.howdah.documents.query;

import java.util.Map;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * A piece of SQL over the columns of {@code documents}, with every value bound.
 *
 * @param sql a condition or an ORDER BY list; its parameters have names that begin with the prefix they were made with
 * @param parameters by name, typed for PostgreSQL (a text that is cast would be parsed for every row)
 */
public record SqlCondition(String sql, Map<String, Argument> parameters) {
    public SqlCondition {
        parameters = Map.copyOf(parameters);
    }

    /** Gives the statement the parameters. */
    public <S extends SqlStatement<S>> S bind(S statement) {
        parameters.forEach(statement::bind);
        return statement;
    }
}
