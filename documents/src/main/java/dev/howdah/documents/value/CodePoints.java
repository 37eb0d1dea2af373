package dev.howdah.documents.value;

/** Strings in the order of their code points, which is that of their UTF-8 bytes; Java's own order is that of UTF-16. */
final class CodePoints {
    private CodePoints() {}

    static int compare(String a, String b) {
        var length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                return Character.isSurrogate(x) == Character.isSurrogate(y)
                        ? Character.compare(x, y)
                        : Character.isSurrogate(x) ? 1 : -1; // a surrogate stands for a code point above all others
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Whether the text has no half of a surrogate pair alone, which UTF-8 cannot carry. */
    static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
