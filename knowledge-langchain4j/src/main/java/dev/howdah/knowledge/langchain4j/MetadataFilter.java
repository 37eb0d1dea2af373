package dev.howdah.knowledge.langchain4j;

import dev.howdah.knowledge.collection.Filter.And;
import dev.howdah.knowledge.collection.Filter.Comparison;
import dev.howdah.knowledge.collection.Filter.Contains;
import dev.howdah.knowledge.collection.Filter.In;
import dev.howdah.knowledge.collection.Filter.Not;
import dev.howdah.knowledge.collection.Filter.Operator;
import dev.howdah.knowledge.collection.Filter.Or;
import dev.howdah.postgres.InvalidInputException;
import dev.langchain4j.store.embedding.filter.Filter;
import dev.langchain4j.store.embedding.filter.comparison.ContainsString;
import dev.langchain4j.store.embedding.filter.comparison.IsEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsGreaterThan;
import dev.langchain4j.store.embedding.filter.comparison.IsGreaterThanOrEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsIn;
import dev.langchain4j.store.embedding.filter.comparison.IsLessThan;
import dev.langchain4j.store.embedding.filter.comparison.IsLessThanOrEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsNotEqualTo;
import dev.langchain4j.store.embedding.filter.comparison.IsNotIn;
import java.util.Collection;
import java.util.List;

/** Says a filter of LangChain4j in Howdah's terms. Both treat a missing field alike. */
final class MetadataFilter {
    private int terms;

    private MetadataFilter() {}

    /**
     * The same filter.
     *
     * @throws InvalidInputException if it is of a kind that is not known, has too many terms, or compares with a value that no
     *         metadata can have
     */
    static dev.howdah.knowledge.collection.Filter of(Filter filter) {
        return new MetadataFilter().translated(filter);
    }

    private dev.howdah.knowledge.collection.Filter translated(Filter filter) {
        if (++terms > dev.howdah.knowledge.collection.Filter.TERMS_MAX) {
            throw new InvalidInputException("filter-invalid", "filter", "has more than "
                    + dev.howdah.knowledge.collection.Filter.TERMS_MAX + " terms", "say many alternatives by isIn");
        }
        return switch (filter) {
            case IsEqualTo given -> compared(given.key(), Operator.EQ, given.comparisonValue());
            case IsNotEqualTo given -> compared(given.key(), Operator.NE, given.comparisonValue());
            case IsGreaterThan given -> compared(given.key(), Operator.GT, given.comparisonValue());
            case IsGreaterThanOrEqualTo given -> compared(given.key(), Operator.GTE, given.comparisonValue());
            case IsLessThan given -> compared(given.key(), Operator.LT, given.comparisonValue());
            case IsLessThanOrEqualTo given -> compared(given.key(), Operator.LTE, given.comparisonValue());
            case IsIn given -> in(given.key(), given.comparisonValues());
            case IsNotIn given -> new Not(in(given.key(), given.comparisonValues()));
            case ContainsString given -> contains(given);
            case dev.langchain4j.store.embedding.filter.logical.And given -> new And(List.of(translated(given.left()),
                    translated(given.right())));
            case dev.langchain4j.store.embedding.filter.logical.Or given -> new Or(List.of(translated(given.left()),
                    translated(given.right())));
            case dev.langchain4j.store.embedding.filter.logical.Not given -> new Not(translated(given.expression()));
            default -> throw new InvalidInputException("filter-invalid", "filter",
                    "a " + filter.getClass().getName() + " is not known",
                    "use the comparisons and logical operators of LangChain4j");
        };
    }

    private static Comparison compared(String field, Operator operator, Object value) {
        return new Comparison(field, operator, SegmentMetadata.scalar(field, value));
    }

    private static In in(String field, Collection<?> values) {
        return new In(field, values.stream().map(value -> SegmentMetadata.scalar(field, value)).toList());
    }

    private static Contains contains(ContainsString given) {
        return new Contains(given.key(), SegmentMetadata.scalar(given.key(), given.comparisonValue()).asString());
    }
}
