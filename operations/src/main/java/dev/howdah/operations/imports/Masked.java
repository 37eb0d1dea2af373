package dev.howdah.operations.imports;

import java.nio.charset.StandardCharsets;

/** Keys as reports may show them: what kind of key it is can be seen, whose it is cannot. */
final class Masked {
    private static final int SHOWN_MAX = 60;
    private static final int PLAIN_MAX = 3;

    private Masked() {}

    /** The part before the first separator, and the shape of the rest. */
    static String key(String key) {
        int separator = separator(key);
        int plain = separator < 0 ? Math.min(PLAIN_MAX, key.length() / 2) : separator + 1;
        var masked = new StringBuilder(key.substring(0, plain));
        key.substring(plain).codePoints().limit(SHOWN_MAX)
                .forEach(c -> masked.append(Character.isLetterOrDigit(c) ? '*' : c < ' ' ? '.' : (char) c));
        return masked.length() <= SHOWN_MAX ? masked.toString() : masked.substring(0, SHOWN_MAX - 3) + "...";
    }

    /** The same for bytes, of which those that are no ASCII become dots. */
    static String key(byte[] key) {
        var text = new String(key, StandardCharsets.ISO_8859_1).replaceAll("[^\\x20-\\x7e]", ".");
        return key(text);
    }

    private static int separator(String key) {
        for (int i = 0; i < key.length(); i++) {
            if (":./|#".indexOf(key.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }
}
