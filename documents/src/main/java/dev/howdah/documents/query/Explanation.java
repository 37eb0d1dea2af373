package dev.howdah.documents.query;

import dev.howdah.documents.value.ValueType;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a query is served: clause by clause, and PostgreSQL's plan.
 *
 * @param clauses the conditions that stand side by side at the top of the filter
 * @param plan as EXPLAIN prints it; empty if it was not asked for
 */
public record Explanation(List<Clause> clauses, List<String> plan) {
    public Explanation {
        clauses = List.copyOf(clauses);
        plan = List.copyOf(plan);
    }

    /** What can serve a clause. Whether it is used is the planner's decision, by the number of documents. */
    public enum Service {
        /** The primary key. */
        ID,
        /** A declared B-tree. */
        BTREE,
        /** A declared GIN index. */
        GIN,
        /** Nothing: every document that the other clauses leave is looked at. */
        NONE
    }

    /** What GIN finds: values, but not null, which may be missing, nor objects and arrays, which must be looked at as a whole. */
    private static final Set<ValueType> GIN_TYPES = EnumSet.complementOf(
            EnumSet.of(ValueType.NULL, ValueType.OBJECT, ValueType.ARRAY, ValueType.MIN_KEY, ValueType.MAX_KEY));

    /**
     * One condition.
     *
     * @param condition the clause in words, such as {@code age in a range}
     * @param service what can serve it
     * @param index the declared index's name, if it is one
     * @param advice what to declare, if nothing serves it; empty if nothing can
     */
    public record Clause(String condition, Service service, Optional<String> index, Optional<String> advice) {}

    /**
     * Explains without a plan.
     *
     * @param collection its name, for the advice
     */
    public static Explanation of(Filter filter, IndexUse use, String collection) {
        return new Explanation(
                FilterSql.clauses(filter).stream().map(clause -> clause(clause, use, collection)).toList(), List.of());
    }

    /** The same with PostgreSQL's plan, line by line. */
    public Explanation withPlan(List<String> lines) {
        return new Explanation(clauses, lines);
    }

    private static Clause clause(Filter filter, IndexUse use, String collection) {
        if (filter instanceof Filter.Field field) {
            return field(field, use, collection);
        }
        var words = words(filter);
        return filter instanceof Filter.Or && use.hasGin() && isEqualities(filter)
                ? new Clause(words, Service.GIN, gin(use), Optional.empty())
                : new Clause(words, Service.NONE, Optional.empty(), Optional.empty());
    }

    private static Clause field(Filter.Field field, IndexUse use, String collection) {
        var words = words(field);
        if (FilterSql.isId(field)) {
            return new Clause(words, Service.ID, Optional.empty(), Optional.empty());
        }
        var key = FilterSql.isKeyTest(field.test(), use);
        var leading = use.indexes().stream().filter(index -> !index.paths().isEmpty()
                && index.paths().getFirst().equals(field.path())).findFirst();
        if (key && leading.isPresent()) {
            return new Clause(words, Service.BTREE, Optional.of(leading.get().name()), Optional.empty());
        }
        if (use.hasGin() && isEqualities(field)) {
            return new Clause(words, Service.GIN, gin(use), Optional.empty());
        }
        var advice = key && field.path().steps().stream().noneMatch(FieldPath::isIndex)
                ? Optional.of("howdah documents index " + collection + " --btree " + field.path())
                : isEqualities(field)
                        ? Optional.of("howdah documents index " + collection + " --gin")
                        : Optional.<String>empty();
        return new Clause(words, Service.NONE, Optional.empty(), advice);
    }

    private static Optional<String> gin(IndexUse use) {
        return use.indexes().stream().filter(index -> index.kind() == DeclaredIndex.Kind.GIN).map(DeclaredIndex::name)
                .findFirst();
    }

    /** GIN finds nothing by comparison. */
    private static boolean isEqualities(Filter filter) {
        return switch (filter) {
            case Filter.Field field -> isEquality(field.test());
            case Filter.Or or -> !or.filters().isEmpty() && or.filters().stream().allMatch(Explanation::isEqualities);
            case Filter.And and -> and.filters().stream().anyMatch(Explanation::isEqualities);
            case Filter.Not _,Filter.Expr _,Filter.Self _ -> false;
        };
    }

    private static boolean isEquality(Filter.Test test) {
        return switch (test) {
            case Filter.In in -> in.patterns().isEmpty()
                    && in.values().stream().allMatch(value -> GIN_TYPES.contains(ValueType.of(value)));
            case Filter.ElemMatch match -> isEqualities(match.filter());
            case Filter.Range _,Filter.Exists _,Filter.Type _,Filter.Mod _,Filter.Regex _,Filter.Size _ -> false;
        };
    }

    private static String words(Filter filter) {
        return switch (filter) {
            case Filter.Field field -> field.path() + " " + words(field.test());
            case Filter.Not not -> "not: " + words(not.filter());
            case Filter.And and -> and.filters().stream().map(Explanation::words).collect(Collectors.joining(" and "));
            case Filter.Or or -> or.filters().stream().map(Explanation::words).collect(Collectors.joining(" or "));
            case Filter.Self self -> words(self.test());
            case Filter.Expr _ -> "$expr";
        };
    }

    private static String words(Filter.Test test) {
        return switch (test) {
            case Filter.In in ->
                in.values().size() == 1 ? "equals a value" : "is one of " + in.values().size() + " values";
            case Filter.Range range -> "$" + range.comparison().name().toLowerCase(Locale.ROOT) + " a value";
            case Filter.Exists _ -> "exists";
            case Filter.Type _ -> "$type";
            case Filter.Mod _ -> "$mod";
            case Filter.Regex _ -> "$regex";
            case Filter.Size _ -> "$size";
            case Filter.ElemMatch _ -> "$elemMatch";
        };
    }
}
