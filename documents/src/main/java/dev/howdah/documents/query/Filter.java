package dev.howdah.documents.query;

import dev.howdah.documents.value.ValueType;
import dev.howdah.postgres.InvalidInputException;
import java.math.BigInteger;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A filter in MongoDB's query language, checked. {@link Matcher} evaluates it in Java, {@link FilterSql} in the database;
 * both give the same answer.
 *
 * <p>
 * Negations are nodes of their own ({@code $ne} is {@link Not} of {@link In}), so that a condition on a path is always
 * "some value there passes".
 */
public sealed interface Filter {
    /** Matches every document. */
    Filter ALL = new And(List.of());

    /** All of them; without any it matches everything. */
    record And(List<Filter> filters) implements Filter {
        public And {
            filters = List.copyOf(filters);
        }
    }

    /** One of them at least; without any it matches nothing. */
    record Or(List<Filter> filters) implements Filter {
        public Or {
            filters = List.copyOf(filters);
        }
    }

    /** What the other does not match. */
    record Not(Filter filter) implements Filter {}

    /** Some value at the path passes. */
    record Field(FieldPath path, Test test) implements Filter {}

    /** The value itself passes, without a path: within {@code $elemMatch}, {@code $pull} and array filters. */
    record Self(Test test) implements Filter {}

    /** Two expressions compare ({@code $expr}). */
    record Expr(Expression expression) implements Filter {}

    /** What a single value is tested for. */
    sealed interface Test {}

    /**
     * Equals one of the values; null also stands for a missing one.
     *
     * @param values stored values, 0 to the limit
     * @param patterns regular expressions that a text may match instead
     */
    record In(List<JsonNode> values, List<Regex> patterns) implements Test {
        public In {
            values = List.copyOf(values);
            patterns = List.copyOf(patterns);
        }
    }

    /** Is of the operand's type and stands on that side of it. */
    record Range(Comparison comparison, JsonNode operand) implements Test {}

    /** Is there at all. */
    record Exists() implements Test {}

    /** Has one of the types. */
    record Type(Set<ValueType> types) implements Test {
        public Type {
            types = Set.copyOf(types);
        }
    }

    /** A number whose whole part leaves the remainder. */
    record Mod(BigInteger divisor, BigInteger remainder) implements Test {}

    /** A text that the pattern is found in. */
    record Regex(RegexPattern pattern) implements Test {}

    /** An array of this length. */
    record Size(int size) implements Test {}

    /** An array with an element that the filter matches; its paths start at the element, or it is of {@link Self}. */
    record ElemMatch(Filter filter) implements Test {}

    /** The sides of {@link Range}. */
    enum Comparison {
        GT(">"), GTE(">="), LT("<"), LTE("<=");

        private final String symbol;

        Comparison(String symbol) {
            this.symbol = symbol;
        }

        /** As SQL and jsonpath write it. */
        String symbol() {
            return symbol;
        }

        /** Whether a comparison with this outcome passes. */
        boolean accepts(int order) {
            return switch (this) {
                case GT -> order > 0;
                case GTE -> order >= 0;
                case LT -> order < 0;
                case LTE -> order <= 0;
            };
        }
    }

    /**
     * A filter from its JSON, within {@link FilterLimits#DEFAULT}.
     *
     * @param filter plain or Extended JSON, such as {@code {"age": {"$gte": 18}, "tags": "new"}}
     * @throws InvalidInputException {@code filter-invalid} naming the operator and the field; {@code filter-too-large}
     */
    static Filter parse(ObjectNode filter) {
        return parse(filter, FilterLimits.DEFAULT);
    }

    /**
     * A filter from its JSON.
     *
     * @throws InvalidInputException {@code filter-invalid} naming the operator and the field; {@code filter-too-large}
     */
    static Filter parse(ObjectNode filter, FilterLimits limits) {
        return new FilterParser(limits).filter(filter);
    }

    /**
     * The condition of {@code $pull} and the like on a single value: an object of operators tests the value itself, an
     * object without them is a filter on its fields, anything else is what it must equal.
     *
     * @throws InvalidInputException as of {@link #parse}
     */
    static Filter parseCondition(JsonNode condition, FilterLimits limits) {
        return new FilterParser(limits).condition(condition);
    }
}
