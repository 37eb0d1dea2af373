package dev.howdah.operations.inspection;

import dev.howdah.postgres.StatementText;
import java.util.regex.Pattern;

/** Statements of others, without the values in them: they may be anybody's data. */
public final class QueryText {
    private static final Pattern ESCAPED_STRING = Pattern.compile("\\b[eE]'(?:\\\\.|''|[^'\\\\])*(?:'|$)",
            Pattern.DOTALL);
    private static final Pattern DOLLAR_STRING = Pattern.compile("\\$(\\w*)\\$.*?(?:\\$\\1\\$|$)", Pattern.DOTALL);
    /** The server cuts long statements, perhaps within a string. */
    private static final Pattern OPEN_STRING = Pattern.compile("'.*$", Pattern.DOTALL);

    private QueryText() {}

    /** On one line, with {@code ?} for each value. */
    public static String shown(String sql) {
        var text = ESCAPED_STRING.matcher(sql).replaceAll("?");
        text = DOLLAR_STRING.matcher(text).replaceAll("?");
        return OPEN_STRING.matcher(StatementText.normalize(text)).replaceAll("?");
    }
}
