package dev.howdah.documents.query;

import dev.howdah.documents.query.Expression.Operand;
import dev.howdah.documents.query.Expression.Operator;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Reads what stands in {@code $expr}. */
final class ExpressionParser {
    private static final String SUPPORTED = "$eq, $ne, $gt, $gte, $lt, $lte of paths and literals, $and, $or, $not, $literal";

    private final Runnable count;
    private final FilterLimits limits;

    ExpressionParser(Runnable count, FilterLimits limits) {
        this.count = count;
        this.limits = limits;
    }

    Expression expression(JsonNode given) {
        return expression(given, 1);
    }

    private Expression expression(JsonNode given, int depth) {
        count.run();
        if (depth > limits.depthMax()) {
            throw new InvalidInputException("filter-too-large", "$expr",
                    "$expr is nested deeper than " + limits.depthMax()
                            + " levels",
                    "flatten it");
        }
        if (!given.isObject() || given.size() != 1) {
            throw invalid("$expr is given " + given + ", not an operator");
        }
        var name = given.propertyNames().iterator().next();
        var operands = given.path(name);
        return switch (name) {
            case "$eq", "$ne", "$gt", "$gte", "$lt", "$lte" -> compare(name, operands);
            case "$and" -> new Expression.All(expressions(operands, depth));
            case "$or" -> new Expression.Any(expressions(operands, depth));
            case "$not" -> new Expression.Negation(
                    expression(operands.isArray() && operands.size() == 1 ? operands.path(0) : operands, depth + 1));
            default -> throw invalid("the expression " + name + " is not supported in $expr");
        };
    }

    private List<Expression> expressions(JsonNode operands, int depth) {
        if (!operands.isArray()) {
            throw invalid("$and or $or in $expr is not given an array");
        }
        var expressions = new ArrayList<Expression>();
        operands.forEach(operand -> expressions.add(expression(operand, depth + 1)));
        return expressions;
    }

    private static Expression compare(String name, JsonNode operands) {
        if (!operands.isArray() || operands.size() != 2) {
            throw invalid(name + " in $expr is not given two operands");
        }
        return new Expression.Compare(Operator.valueOf(name.substring(1).toUpperCase(Locale.ROOT)),
                operand(operands.path(0)), operand(operands.path(1)));
    }

    private static Operand operand(JsonNode given) {
        if (given.isString() && given.stringValue().startsWith("$")) {
            var text = given.stringValue();
            if (text.startsWith("$$")) {
                throw invalid("the variable " + text + " is not supported in $expr");
            }
            return new Expression.Path(FieldPath.parse(text.substring(1)));
        }
        var literal = given.isObject() && given.size() == 1 && given.has("$literal") ? given.path("$literal") : given;
        return new Expression.Literal(Values.normaliseValue(literal, DocumentLimits.DEFAULT).value());
    }

    private static InvalidInputException invalid(String problem) {
        return new InvalidInputException("filter-invalid", "$expr", problem, "supported are " + SUPPORTED);
    }
}
