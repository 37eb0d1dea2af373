package dev.howdah.spring.ai;

import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.Filter.And;
import dev.howdah.knowledge.collection.Filter.Comparison;
import dev.howdah.knowledge.collection.Filter.Contains;
import dev.howdah.knowledge.collection.Filter.In;
import dev.howdah.knowledge.collection.Filter.Not;
import dev.howdah.knowledge.collection.Filter.Operator;
import dev.howdah.knowledge.collection.Filter.Or;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.vectorstore.filter.Filter.Expression;
import org.springframework.ai.vectorstore.filter.Filter.Group;
import org.springframework.ai.vectorstore.filter.Filter.Operand;
import org.springframework.ai.vectorstore.filter.Filter.Value;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * Says a filter of Spring AI in Howdah's terms. A missing field fulfils NE, NIN, NOT and IS NULL, and nothing else. A key is the whole
 * name of a field: {@code a.b} is the field of this name, not {@code b} within {@code a}.
 */
final class MetadataFilter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final boolean hasAnyField;
    private int terms;

    private MetadataFilter(boolean hasAnyField) {
        this.hasAnyField = hasAnyField;
    }

    /**
     * The same filter for this collection.
     *
     * @throws InvalidInputException if it is not well formed, has too many terms, or compares with a value that no metadata can have
     */
    static Filter of(SearchCollection collection, Expression filter) {
        return new MetadataFilter(collection.fields().isEmpty()).condition(filter);
    }

    private Filter condition(@Nullable Operand operand) {
        if (++terms > Filter.TERMS_MAX) {
            throw invalid("filter", "has more than " + Filter.TERMS_MAX + " terms", "say many alternatives by IN");
        }
        return switch (operand) {
            case Group group -> condition(group.content());
            case Expression expression -> condition(expression);
            case null, default -> throw invalid("filter", operand + " stands where a condition belongs",
                    "combine comparisons by AND, OR and NOT");
        };
    }

    private Filter condition(Expression given) {
        return switch (given.type()) {
            case AND -> new And(List.of(condition(given.left()), condition(given.right())));
            case OR -> new Or(List.of(condition(given.left()), condition(given.right())));
            case NOT -> new Not(condition(given.left()));
            case EQ -> compared(given, Operator.EQ);
            case NE -> compared(given, Operator.NE);
            case GT -> compared(given, Operator.GT);
            case GTE -> compared(given, Operator.GTE);
            case LT -> compared(given, Operator.LT);
            case LTE -> compared(given, Operator.LTE);
            case IN -> in(given);
            case NIN -> new Not(in(given));
            case ISNULL -> new Not(present(field(given)));
            case ISNOTNULL -> present(field(given));
        };
    }

    private static Filter compared(Expression given, Operator operator) {
        var field = field(given);
        return new Comparison(field, operator, MetadataJson.scalar(field, value(given)));
    }

    private static Filter in(Expression given) {
        var field = field(given);
        var values = value(given) instanceof Collection<?> several ? several : List.of(value(given));
        return new In(field, values.stream().map(value -> MetadataJson.scalar(field, value)).toList());
    }

    /**
     * Any text, any number, a truth value, or a list or object, which {@link MetadataJson} has noted. Collections with declared
     * fields know no notes.
     */
    private Filter present(String field) {
        var kinds = new ArrayList<Filter>(List.of(new Comparison(field, Operator.GTE, JSON.stringNode("")),
                new Comparison(field, Operator.GTE, JSON.numberNode(0)),
                new Comparison(field, Operator.LT, JSON.numberNode(0)),
                new In(field, List.of(JSON.booleanNode(true), JSON.booleanNode(false)))));
        if (hasAnyField) {
            kinds.add(new Contains(MetadataJson.NESTED, field));
        }
        return new Or(kinds);
    }

    private static String field(Expression given) {
        if (!(given.left() instanceof org.springframework.ai.vectorstore.filter.Filter.Key key)) {
            throw invalid("filter", given.type() + " has no key on its left side",
                    "write key " + given.type() + " value");
        }
        var name = key.key();
        boolean isQuoted = name.length() > 1 && ((name.startsWith("\"") && name.endsWith("\""))
                || (name.startsWith("'") && name.endsWith("'")));
        return isQuoted ? name.substring(1, name.length() - 1) : name; // Spring AI's stores take both
    }

    private static Object value(Expression given) {
        if (!(given.right() instanceof Value value)) {
            throw invalid("filter", given.type() + " has no value on its right side",
                    "write key " + given.type() + " value");
        }
        return value.value();
    }

    private static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("filter-invalid", field, problem, remedy);
    }
}
