package dev.howdah.cache.jcache;

/**
 * The specification allows any name. Those of letters, digits, dots, dashes and underscores are the same in the database; in others
 * each further character is a colon with its code.
 */
final class Names {
    private static final String PREFIX = "x:";

    private Names() {}

    static String stored(String name) {
        var stored = new StringBuilder(name.length());
        name.chars().forEach(c -> {
            if (isPlain(c) || (!stored.isEmpty() && (c == '.' || c == '-' || c == '_'))) {
                stored.append((char) c);
            } else {
                stored.append(String.format(":%04x", c));
            }
        });
        return stored.isEmpty() || stored.charAt(0) == ':' ? PREFIX + stored : stored.toString();
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
