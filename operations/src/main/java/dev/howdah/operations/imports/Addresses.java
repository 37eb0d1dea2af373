package dev.howdah.operations.imports;

import java.util.regex.Pattern;

/** URLs as they may be shown and stored. */
final class Addresses {
    /** Up to the last at sign: passwords with signs that nobody encoded are hidden, too. */
    private static final Pattern CREDENTIALS = Pattern.compile("(?<=://).*@");
    private static final Pattern PARAMETERS = Pattern.compile("\\?.*$");

    private Addresses() {}

    /** Without user, password and parameters. */
    static String withoutSecrets(String url) {
        return PARAMETERS.matcher(CREDENTIALS.matcher(url).replaceFirst("")).replaceFirst("");
    }
}
