package dev.howdah.documents.query;

import dev.howdah.documents.value.DocumentIds;
import dev.howdah.documents.value.ValueType;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A filter as a condition of SQL over the columns {@code id} and {@code data}, exact for every document.
 *
 * <p>
 * Each clause at the top becomes a condition of its own, so that the planner can choose. {@code _id} is the primary key.
 * A clause on the path of a declared B-tree gets beside its exact condition one that the index serves: it is true for at
 * least the documents that match. Everything else is a predicate of a JSON path, which GIN can serve if it is an
 * equality.
 */
public final class FilterSql {
    private static final int APART_MAX = 8;
    private static final JsonNode ASK_DOCUMENT = JsonNodeFactory.instance.arrayNode();

    private final IndexUse use;
    private final Parameters parameters;

    private FilterSql(IndexUse use, Parameters parameters) {
        this.use = use;
        this.parameters = parameters;
    }

    /**
     * The condition, in parentheses, with numbered parameters.
     *
     * @param use the indexes of the collection that is asked
     */
    public static SqlCondition of(Filter filter, IndexUse use) {
        return of(filter, use, "filter");
    }

    /** The same with another name for its parameters, for statements that have several. */
    public static SqlCondition of(Filter filter, IndexUse use, String prefix) {
        var parameters = new Parameters(prefix);
        return new SqlCondition(new FilterSql(use, parameters).condition(filter), parameters.all());
    }

    /**
     * The filter as one or two conditions that no document meets both, for a query of each with UNION ALL between them. If an
     * index tells which documents equal a value, those need no second look; the others, of which it tells nothing, are
     * looked at apart.
     */
    public static List<SqlCondition> apart(Filter filter, IndexUse use) {
        var clauses = clauses(filter);
        for (int i = 0; i < clauses.size(); i++) {
            if (clauses.get(i) instanceof Filter.Field field && isTold(field, use)) {
                var others = new ArrayList<>(clauses);
                others.remove(i);
                return List.of(of(field, others, use, "told", FilterSql::told),
                        of(field, others, use, "untold", FilterSql::untold));
            }
        }
        return List.of(of(filter, use));
    }

    private static SqlCondition of(Filter.Field field, List<Filter> others, IndexUse use, String prefix,
            BiFunction<FilterSql, Filter.Field, String> first) {
        var parameters = new Parameters(prefix);
        var sql = new FilterSql(use, parameters);
        return new SqlCondition(first.apply(sql, field) + (others.isEmpty() ? "" : " AND " + sql.and(others)),
                parameters.all());
    }

    /** Whether a key tells that the clause is true: null is also the key of what is missing. */
    private static boolean isTold(Filter.Field field, IndexUse use) {
        return field.test() instanceof Filter.In in && hasKey(field, use)
                && in.values().stream().noneMatch(JsonNode::isNull);
    }

    private String told(Filter.Field field) {
        return DeclaredIndex.key(field.path()) + " = " + oneOf(((Filter.In) field.test()).values());
    }

    private String untold(Filter.Field field) {
        return DeclaredIndex.key(field.path()) + " = '[]' AND " + look(field);
    }

    private String condition(Filter filter) {
        return switch (filter) {
            case Filter.And and -> and(clauses(and));
            case Filter.Or or when splits(or) ->
                joined(or.filters().stream().map(this::condition).toList(), " OR ", "(false)");
            case Filter.Not not when isSql(not.filter()) -> "(" + condition(not.filter()) + " IS NOT TRUE)";
            case Filter.Expr expr -> ExpressionSql.condition(expr.expression(), parameters);
            case Filter.Field field when isId(field) -> id((Filter.In) field.test());
            case Filter.Field field when hasKey(field, use) -> and(List.of(field));
            case Filter.Or _,Filter.Not _,Filter.Field _,Filter.Self _ -> path(filter);
        };
    }

    /** The conditions of an AND, with nested ones as if they stood beside them. */
    static List<Filter> clauses(Filter filter) {
        return filter instanceof Filter.And and
                ? and.filters().stream().flatMap(part -> clauses(part).stream()).toList()
                : List.of(filter);
    }

    private String and(List<Filter> clauses) {
        var conditions = new ArrayList<String>();
        var ranges = new LinkedHashMap<FieldPath, List<Filter.Range>>();
        for (var clause : clauses) {
            if (clause instanceof Filter.Field field && hasKey(field, use)) {
                conditions.add(indexed(field, ranges));
            } else {
                conditions.add(condition(clause));
            }
        }
        ranges.forEach((path, ends) -> conditions.add(KeyRange.condition(DeclaredIndex.key(path), ends, parameters)));
        return joined(conditions, " AND ", "(true)");
    }

    /** Ranges of one path are collected, so that the index is asked for both ends at once. */
    private String indexed(Filter.Field field, Map<FieldPath, List<Filter.Range>> ranges) {
        if (field.test() instanceof Filter.Range range) {
            ranges.computeIfAbsent(field.path(), path -> new ArrayList<>()).add(range);
            return path(field);
        }
        return indexed(field, ((Filter.In) field.test()).values());
    }

    private String indexed(Filter.Field field, List<JsonNode> values) {
        // the value found by its path needs no second look; what is missing or behind arrays does
        return "(" + DeclaredIndex.key(field.path()) + " = "
                + oneOf(Stream.concat(values.stream(), Stream.of(ASK_DOCUMENT)).toList()) + " AND ("
                + DeclaredIndex.value(field.path()) + " = " + oneOf(values) + " OR " + look(field) + "))";
    }

    /**
     * Few values are parameters each: of an array that is one parameter the planner believes that it has ten elements, and
     * would rather plan each call anew than keep a plan, which takes longer than the call.
     */
    private String oneOf(List<JsonNode> values) {
        if (values.size() == 1) {
            return parameters.json(values.getFirst());
        }
        return "ANY (" + (values.size() > APART_MAX
                ? parameters.jsons(values)
                : values.stream().map(parameters::json).collect(Collectors.joining(", ", "ARRAY[", "]::jsonb[]")))
                + ")";
    }

    /** Whether a declared index serves the clause. */
    private static boolean hasKey(Filter.Field field, IndexUse use) {
        return use.isKey(field.path()) && isKeyTest(field.test(), use);
    }

    /** Whether a B-tree on the path would serve the test. */
    static boolean isKeyTest(Filter.Test test, IndexUse use) {
        return switch (test) {
            case Filter.In in -> in.patterns().isEmpty() && in.values().stream().noneMatch(JsonNode::isArray);
            case Filter.Range range -> KeyRange.serves(range, use.textInCodePoints());
            case Filter.Exists _,Filter.Type _,Filter.Mod _,Filter.Regex _,Filter.Size _,Filter.ElemMatch _ -> false;
        };
    }

    /** Whether a clause asks for documents by their identity. */
    static boolean isId(Filter.Field field) {
        return field.path().steps().equals(List.of("_id")) && field.test() instanceof Filter.In in
                && in.patterns().isEmpty();
    }

    private String id(Filter.In in) {
        var ids = in.values().stream().filter(FilterSql::mayBeId).map(DocumentIds::toId).toList();
        return ids.size() == 1
                ? "(id = " + parameters.text(ids.getFirst()) + ")"
                : "(id = ANY (" + parameters.texts(ids) + "))";
    }

    /** What no document can have as its id is not looked for. */
    private static boolean mayBeId(JsonNode value) {
        try {
            return !DocumentIds.toId(value).isEmpty() || ValueType.of(value) == ValueType.STRING;
        } catch (InvalidInputException e) {
            return false;
        }
    }

    /** A disjunction is one path unless a part of it has an index or cannot be a path. */
    private boolean splits(Filter.Or or) {
        return or.filters().stream().anyMatch(part -> isSql(part) || clauses(part).stream()
                .anyMatch(clause -> clause instanceof Filter.Field field && (isId(field) || hasKey(field, use))));
    }

    /** Whether some part is no predicate of a path. */
    private static boolean isSql(Filter filter) {
        return switch (filter) {
            case Filter.Expr _ -> true;
            case Filter.And and -> and.filters().stream().anyMatch(FilterSql::isSql);
            case Filter.Or or -> or.filters().stream().anyMatch(FilterSql::isSql);
            case Filter.Not not -> isSql(not.filter());
            case Filter.Field _,Filter.Self _ -> false;
        };
    }

    private String path(Filter filter) {
        return "(data @@ " + parameters.jsonPath(JsonPaths.predicate(filter)) + ")";
    }

    /** The same where few documents are left to look at, if any: a path is not parsed, which takes 40 µs, before the first. */
    private String look(Filter filter) {
        return "(data @@ (SELECT " + parameters.text(JsonPaths.predicate(filter)) + "::jsonpath))";
    }

    private static String joined(List<String> parts, String operator, String empty) {
        return parts.isEmpty()
                ? empty
                : parts.size() == 1
                        ? parts.getFirst()
                        : parts.stream().collect(Collectors.joining(operator, "(", ")"));
    }
}
