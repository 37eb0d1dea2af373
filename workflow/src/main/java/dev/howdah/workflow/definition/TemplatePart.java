package dev.howdah.workflow.definition;

import java.util.ArrayList;
import java.util.List;

/** A piece of a text with <code>${...}</code> in it. */
sealed interface TemplatePart {
    /** Text that stays as it is. */
    record Literal(String text) implements TemplatePart {}

    /** What stood between <code>${</code> and the brace that closes it. */
    record Expression(String text) implements TemplatePart {}

    /**
     * Takes a text apart.
     *
     * @throws ExpressionException if a brace is not closed
     */
    static List<TemplatePart> split(String text) {
        var parts = new ArrayList<TemplatePart>();
        var literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith("$${", at)) {
                literal.append("${");
                at += 3;
            } else if (text.startsWith("${", at)) {
                int end = end(text, at + 2);
                if (!literal.isEmpty()) {
                    parts.add(new Literal(literal.toString()));
                    literal.setLength(0);
                }
                parts.add(new Expression(text.substring(at + 2, end).strip()));
                at = end + 1;
            } else {
                literal.append(text.charAt(at++));
            }
        }
        if (!literal.isEmpty()) {
            parts.add(new Literal(literal.toString()));
        }
        return parts;
    }

    /** Where the expression ends that begins here: braces and quotes within it are its own. */
    private static int end(String text, int from) {
        int depth = 0;
        for (int at = from; at < text.length(); at++) {
            switch (text.charAt(at)) {
                case '{' -> depth++;
                case '}' -> {
                    if (depth-- == 0) {
                        return at;
                    }
                }
                case '"', '\'' -> at = closingQuote(text, at);
                default -> {
                }
            }
        }
        throw new ExpressionException(text, "has a ${ that is not closed", "add }, or write $${ for a plain ${", null);
    }

    private static int closingQuote(String text, int from) {
        char quote = text.charAt(from);
        for (int at = from + 1; at < text.length(); at++) {
            if (text.charAt(at) == '\\') {
                at++;
            } else if (text.charAt(at) == quote) {
                return at;
            }
        }
        return text.length();
    }
}
