package dev.howdah.documents.query;

import java.util.List;
import java.util.stream.Collectors;

/** {@code $expr} as SQL, by the functions that compare as MongoDB does. */
final class ExpressionSql {
    private ExpressionSql() {}

    static String condition(Expression expression, Parameters parameters) {
        return switch (expression) {
            case Expression.Compare compare -> "(document_compare(" + operand(compare.left(), parameters) + ", "
                    + operand(compare.right(), parameters) + ") " + compare.operator().symbol() + " 0)";
            case Expression.All all -> joined(all.expressions(), " AND ", "(true)", parameters);
            case Expression.Any any -> joined(any.expressions(), " OR ", "(false)", parameters);
            case Expression.Negation not -> "(NOT " + condition(not.expression(), parameters) + ")";
        };
    }

    private static String operand(Expression.Operand operand, Parameters parameters) {
        return switch (operand) {
            case Expression.Literal literal -> parameters.json(literal.value());
            case Expression.Path path -> "document_at(data, " + parameters.texts(path.path().steps()) + ")";
        };
    }

    private static String joined(List<Expression> parts, String operator, String empty, Parameters parameters) {
        return parts.isEmpty()
                ? empty
                : parts.stream().map(part -> condition(part, parameters))
                        .collect(Collectors.joining(operator, "(", ")"));
    }
}
