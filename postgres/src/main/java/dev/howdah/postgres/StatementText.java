package dev.howdah.postgres;

import dev.howdah.postgres.SqlTokens.Kind;
import dev.howdah.postgres.SqlTokens.Token;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A statement without its values, by which runs of the same statement are recognised.
 *
 * @param query on one line in its own case, values replaced by {@code ?}, lists of values by one
 * @param normalized the same in upper case, but for names in quotes
 * @param statement what it does, and to which table
 */
public record StatementText(String query, String normalized, Statement statement) {
    private static final int ID_BYTES = 8;
    /** Behind these a minus is a sign of the number. */
    private static final Set<String> BEFORE_VALUE = Set.of("SELECT", "WHERE", "AND", "OR", "NOT", "THEN", "ELSE",
            "WHEN", "IN", "LIMIT", "OFFSET", "BETWEEN", "RETURNING", "BY", "ON", "LIKE", "DEFAULT", "INTERVAL");

    static StatementText of(String sql) {
        var tokens = SqlTokens.of(sql);
        return new StatementText(text(tokens, false), text(tokens, true), StatementReader.read(tokens));
    }

    /** The statement on one line, values replaced by {@code ?}, lists of values by one. */
    public static String normalize(String sql) {
        return text(SqlTokens.of(sql), false);
    }

    /** Recognises the statement: 16 hexadecimal digits. */
    String id() {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(normalized.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Blanks are the same however the statement is laid out, but before a bracket, which may belong to a function. */
    private static String text(List<Token> tokens, boolean upper) {
        var text = new StringBuilder();
        int before = -1;
        for (int i = 0; i < tokens.size(); i++) {
            if (isSign(tokens, i)) {
                continue;
            }
            var token = tokens.get(i);
            if (before >= 0 && isApart(tokens.get(before), token)) {
                text.append(' ');
            }
            if (token.is("(") && listEnd(tokens, i) > i) {
                text.append("(?)");
                i = lastListEnd(tokens, i);
            } else {
                text.append(token.kind() == Kind.NAME
                        ? '"' + token.text().replace("\"", "\"\"") + '"'
                        : isValue(token) ? "?" : upper ? token.upper() : token.text());
            }
            before = i;
        }
        return text.toString().strip();
    }

    private static boolean isApart(Token before, Token token) {
        return switch (before.text()) {
            case "(", "[", ".", "::" -> before.kind() != Kind.SIGN;
            default -> switch (token.text()) {
                case ")", "]", ",", ";", ".", "::" -> token.kind() != Kind.SIGN;
                case "(", "[" -> token.spaced() || token.kind() != Kind.SIGN;
                default -> true;
            };
        };
    }

    private static boolean isValue(Token token) {
        return token.kind() == Kind.VALUE || (token.kind() == Kind.PARAMETER && token.text().startsWith("?"));
    }

    /** Where the bracket closes if there is nothing but values in it, otherwise {@code open}. */
    private static int listEnd(List<Token> tokens, int open) {
        int at = open + 1;
        while (at + 1 < tokens.size()) {
            at += isSign(tokens, at) ? 1 : 0;
            if (at + 1 >= tokens.size() || !isValue(tokens.get(at))) {
                return open;
            }
            if (tokens.get(at + 1).is(")")) {
                return at + 1;
            }
            if (!tokens.get(at + 1).is(",")) {
                return open;
            }
            at += 2;
        }
        return open;
    }

    /** The same for several rows of values. */
    private static int lastListEnd(List<Token> tokens, int open) {
        int end = listEnd(tokens, open);
        while (end + 2 < tokens.size() && tokens.get(end + 1).is(",") && tokens.get(end + 2).is("(")
                && listEnd(tokens, end + 2) > end + 2) {
            end = listEnd(tokens, end + 2);
        }
        return end;
    }

    /** A minus or plus that belongs to the number behind it. */
    private static boolean isSign(List<Token> tokens, int at) {
        var token = tokens.get(at);
        if (!token.is("-") && !token.is("+")) {
            return false;
        }
        if (at + 1 >= tokens.size() || tokens.get(at + 1).kind() != Kind.VALUE) {
            return false;
        }
        if (at == 0) {
            return true;
        }
        var before = tokens.get(at - 1);
        return switch (before.kind()) {
            case SIGN -> !before.is(")") && !before.is("]");
            case WORD -> BEFORE_VALUE.contains(before.upper());
            case NAME, VALUE, PARAMETER -> false;
        };
    }
}
