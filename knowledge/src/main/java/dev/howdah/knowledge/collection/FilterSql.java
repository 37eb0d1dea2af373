package dev.howdah.knowledge.collection;

import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.SqlStatement;
import org.postgresql.util.PGobject;
import tools.jackson.databind.JsonNode;

/**
 * A filter as a condition over {@code search_entries}. The condition's shape depends on the filter, so that it is put
 * together here, from fixed pieces; every value is a parameter, and so is every field that the collection does not declare.
 * Declared fields stand in the text as their index has them, or no index could serve.
 */
public final class FilterSql {
    private final SearchCollection collection;
    private final List<Argument> parameters = new ArrayList<>();
    private final String condition;

    private FilterSql(SearchCollection collection, Filter filter) {
        this.collection = collection;
        var rest = filter.equals(Filter.none()) ? "" : " AND " + condition(filter);
        this.condition = "collection_id = " + collection.id() + rest;
    }

    /**
     * The condition for the entries of the collection that the filter lets through.
     *
     * @throws InvalidInputException if the collection declares fields and the filter names another
     */
    public static FilterSql of(SearchCollection collection, Filter filter) {
        if (!collection.fields().isEmpty()) {
            for (var field : filter.fields()) {
                if (!collection.fields().containsKey(field)) {
                    throw new InvalidInputException("filter-invalid", "filter/" + field,
                            "collection \"" + collection.name() + "\" has no field \"" + field + "\"",
                            "use one of " + String.join(", ", collection.fields().keySet()));
                }
            }
        }
        return new FilterSql(collection, filter);
    }

    /** The condition; its parameters are called {@code :filter0} and so on. */
    public String condition() {
        return condition;
    }

    /** Binds its parameters. */
    public <T extends SqlStatement<T>> T bind(T statement) {
        for (int i = 0; i < parameters.size(); i++) {
            statement.bind("filter" + i, parameters.get(i));
        }
        return statement;
    }

    private String condition(Filter filter) {
        return switch (filter) {
            case Filter.Comparison given -> comparison(given);
            case Filter.In given -> field(given.field()) + " = ANY (" + bound(array(given.values())) + ")";
            case Filter.Contains given -> contains(given);
            case Filter.And given -> joined(given.filters(), " AND ", "true");
            case Filter.Or given -> joined(given.filters(), " OR ", "false");
            // Not NOT: a field that is missing compares as unknown, and what is unknown does not hold.
            case Filter.Not given -> condition(given.filter()) + " IS NOT TRUE";
        };
    }

    private String comparison(Filter.Comparison given) {
        var field = field(given.field());
        return switch (given.operator()) {
            case EQ -> "(" + field + " = " + bound(json(given.value())) + ")";
            case NE -> "(" + field + " IS DISTINCT FROM " + bound(json(given.value())) + ")";
            case GT -> ordered(field, ">", given);
            case GTE -> ordered(field, ">=", given);
            case LT -> ordered(field, "<", given);
            case LTE -> ordered(field, "<=", given);
        };
    }

    /** jsonb orders values of different types by their types; here they do not compare. */
    private String ordered(String field, String operator, Filter.Comparison given) {
        var type = given.value().isString() ? "string" : given.value().isNumber() ? "number" : "boolean";
        return "(" + field + " " + operator + " " + bound(json(given.value())) + " AND jsonb_typeof("
                + field(given.field())
                + ") = '" + type + "')";
    }

    /** A part of a text, or a member of a list of texts. */
    private String contains(Filter.Contains given) {
        return "(CASE jsonb_typeof(" + field(given.field()) + ") WHEN 'string' THEN strpos(" + field(given.field())
                + " #>> '{}', " + bound(given.text()) + ") > 0 WHEN 'array' THEN jsonb_exists("
                + field(given.field()) + ", " + bound(given.text()) + ") END)";
    }

    private String joined(List<Filter> filters, String operator, String empty) {
        return filters.isEmpty()
                ? "(" + empty + ")"
                : filters.stream().map(this::condition).collect(Collectors.joining(operator, "(", ")"));
    }

    private String field(String name) {
        if (collection.fields().containsKey(name)) {
            return "(metadata -> '" + name + "')"; // its characters were checked when it was declared
        }
        return "(metadata -> " + bound(name) + ")";
    }

    private String bound(String text) {
        return bound((position, statement, context) -> statement.setString(position, text));
    }

    private String bound(Argument parameter) {
        parameters.add(parameter);
        return ":filter" + (parameters.size() - 1);
    }

    private static Argument json(JsonNode value) {
        return (position, statement, context) -> {
            var object = new PGobject();
            object.setType("jsonb");
            object.setValue(value.toString());
            statement.setObject(position, object);
        };
    }

    private static Argument array(List<JsonNode> values) {
        return (position, statement, context) -> statement.setArray(position, statement.getConnection()
                .createArrayOf("jsonb", values.stream().map(JsonNode::toString).toArray()));
    }
}
