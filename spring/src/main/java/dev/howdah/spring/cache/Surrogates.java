package dev.howdah.spring.cache;

import java.util.regex.Pattern;

/** Halves of surrogate pairs, as they are left where a text was cut. UTF-8 has no form for them, and would make them the same. */
final class Surrogates {
    /** Of a pair, which is one character, it finds nothing. */
    private static final Pattern HALF = Pattern.compile("\\p{Cs}");

    private Surrogates() {}

    static boolean hasHalf(String text) {
        return HALF.matcher(text).find();
    }

    /** The same with each half as JSON escapes it. */
    static String escaped(String text) {
        return HALF.matcher(text).replaceAll(half -> String.format("\\\\u%04x", (int) half.group().charAt(0)));
    }
}
