package dev.howdah.documents.aggregate;

import dev.howdah.documents.query.FieldPath;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** An expression of an aggregation: what is computed from a document. */
public sealed interface Value {
    /** The value at a path; through an array, the array of what the elements have there. */
    record Path(FieldPath path) implements Value {}

    /** The whole document: {@code $$ROOT}. */
    record Root() implements Value {}

    /** A stored value. */
    record Literal(JsonNode value) implements Value {}

    /** An object of computed fields; those without a value are left out. */
    record Fields(Map<String, Value> fields) implements Value {
        public Fields {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** An array of computed elements. */
    record Elements(List<Value> elements) implements Value {
        public Elements {
            elements = List.copyOf(elements);
        }
    }

    /** An operator on its operands. */
    record Call(Operator operator, List<Value> operands) implements Value {
        public Call {
            operands = List.copyOf(operands);
        }
    }

    /** The operators, with how many operands they take. */
    enum Operator {
        ADD("$add", 1, Integer.MAX_VALUE), SUBTRACT("$subtract", 2, 2), MULTIPLY("$multiply", 1,
                Integer.MAX_VALUE), DIVIDE(
                        "$divide", 2,
                        2), CONCAT("$concat", 1, Integer.MAX_VALUE), TO_LOWER("$toLower", 1, 1), TO_UPPER("$toUpper", 1,
                                1), COND("$cond", 3, 3), IF_NULL("$ifNull", 2, Integer.MAX_VALUE), EQ("$eq", 2,
                                        2), NE("$ne", 2, 2), GT(
                                                "$gt", 2,
                                                2), GTE("$gte", 2, 2), LT("$lt", 2, 2), LTE("$lte", 2, 2), AND("$and",
                                                        0,
                                                        Integer.MAX_VALUE), OR("$or", 0, Integer.MAX_VALUE), NOT("$not",
                                                                1, 1), SIZE("$size", 1,
                                                                        1), DATE_TO_STRING("$dateToString", 2, 2);

        private final String keyword;
        private final int operandsMin;
        private final int operandsMax;

        Operator(String keyword, int operandsMin, int operandsMax) {
            this.keyword = keyword;
            this.operandsMin = operandsMin;
            this.operandsMax = operandsMax;
        }

        String keyword() {
            return keyword;
        }

        boolean takes(int operands) {
            return operands >= operandsMin && operands <= operandsMax;
        }

        static Optional<Operator> of(String keyword) {
            return Arrays.stream(values()).filter(operator -> operator.keyword.equals(keyword)).findFirst();
        }

        static String supported() {
            return Arrays.stream(values()).map(Operator::keyword).collect(Collectors.joining(", "));
        }
    }
}
