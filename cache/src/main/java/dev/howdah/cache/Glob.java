package dev.howdah.cache;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A pattern of keys as the database takes it: an expression for LIKE on bytes, and the bounds that what comes before the first
 * wildcard sets. A question mark stands for a character, which may be several bytes, so the database answers more than is
 * meant, and {@link #matches} has the last word.
 */
final class Glob {
    private final byte[] like;
    private final byte[] prefix;
    private final Optional<Pattern> exact;

    private Glob(byte[] like, byte[] prefix, Optional<Pattern> exact) {
        this.like = like;
        this.prefix = prefix;
        this.exact = exact;
    }

    static Glob of(String glob) {
        var like = new StringBuilder();
        var prefix = new StringBuilder();
        var regex = new StringBuilder();
        boolean isLiteral = true;
        boolean hasQuestionMark = false;
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> {
                    like.append('%');
                    regex.append(".*");
                    isLiteral = false;
                }
                case '?' -> {
                    like.append("_%");
                    regex.append('.');
                    isLiteral = false;
                    hasQuestionMark = true;
                }
                default -> {
                    char literal = c == '\\' && i + 1 < glob.length() ? glob.charAt(++i) : c;
                    like.append(literal == '%' || literal == '_' || literal == '\\' ? "\\" : "").append(literal);
                    regex.append(Pattern.quote(String.valueOf(literal)));
                    if (isLiteral) {
                        prefix.append(literal);
                    }
                }
            }
        }
        return new Glob(bytes(like), bytes(prefix), hasQuestionMark
                ? Optional.of(Pattern.compile(regex.toString().replace("\\E\\Q", ""), Pattern.DOTALL))
                : Optional.empty());
    }

    private static byte[] bytes(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    byte[] like() {
        return like;
    }

    /** No key that matches is below. */
    byte[] from() {
        return prefix;
    }

    /** No key that matches is at or above it; absent if there is no bound. */
    byte @Nullable [] to() {
        int last = prefix.length - 1;
        while (last >= 0 && prefix[last] == (byte) 0xFF) {
            last--;
        }
        if (last < 0) {
            return null;
        }
        var bound = new ByteArrayOutputStream();
        bound.writeBytes(Arrays.copyOf(prefix, last));
        bound.write(prefix[last] + 1);
        return bound.toByteArray();
    }

    boolean matches(CacheKey key) {
        return exact.isEmpty() || exact.get().matcher(key.text().orElseGet(() -> new String(key.raw(),
                StandardCharsets.ISO_8859_1))).matches();
    }
}
