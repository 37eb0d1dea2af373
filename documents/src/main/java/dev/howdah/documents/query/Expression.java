package dev.howdah.documents.query;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** What {@code $expr} may say: comparisons of paths and literals, joined by logic. */
public sealed interface Expression {
    /** Two operands in MongoDB's order of all types, a missing value below null. */
    record Compare(Operator operator, Operand left, Operand right) implements Expression {}

    /** All hold. */
    record All(List<Expression> expressions) implements Expression {
        public All {
            expressions = List.copyOf(expressions);
        }
    }

    /** One holds at least. */
    record Any(List<Expression> expressions) implements Expression {
        public Any {
            expressions = List.copyOf(expressions);
        }
    }

    /** It does not hold. */
    record Negation(Expression expression) implements Expression {}

    /** What is compared. */
    sealed interface Operand {}

    /** The value at a path; through an array it is the array of what the elements have there. */
    record Path(FieldPath path) implements Operand {}

    /** A stored value. */
    record Literal(JsonNode value) implements Operand {}

    /** The comparisons. */
    enum Operator {
        EQ("="), NE("<>"), GT(">"), GTE(">="), LT("<"), LTE("<=");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        String symbol() {
            return symbol;
        }

        boolean accepts(int order) {
            return switch (this) {
                case EQ -> order == 0;
                case NE -> order != 0;
                case GT -> order > 0;
                case GTE -> order >= 0;
                case LT -> order < 0;
                case LTE -> order <= 0;
            };
        }
    }
}
