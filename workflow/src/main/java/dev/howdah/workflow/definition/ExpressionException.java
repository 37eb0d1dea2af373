package dev.howdah.workflow.definition;

import dev.howdah.postgres.HowdahException;
import org.jspecify.annotations.Nullable;

/** An expression does not compile, or could not be evaluated; the node that needs it fails. */
public final class ExpressionException extends HowdahException {
    ExpressionException(String expression, String problem, String remedy, @Nullable Throwable cause) {
        super("expression-failed", "the expression " + shorten(expression) + " " + problem, remedy, cause);
    }

    private static String shorten(String expression) {
        return expression.length() <= 200 ? expression : expression.substring(0, 200) + "…";
    }
}
