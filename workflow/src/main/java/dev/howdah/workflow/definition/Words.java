package dev.howdah.workflow.definition;

import java.util.Collection;

/** Guesses which word somebody meant. */
final class Words {
    /** Words that are looked at; beyond, no guess is made. */
    private static final int CANDIDATES_MAX = 10_000;

    private Words() {}

    /** {@code did you mean "x"?} or, if nothing is near, the other remedy. */
    static String nearest(String word, Collection<String> known, String otherwise) {
        var best = "";
        int least = Math.max(1, word.length() / 3) + 1;
        if (known.size() <= CANDIDATES_MAX) {
            for (var candidate : known) {
                if (Math.abs(candidate.length() - word.length()) < least) {
                    int distance = distance(word, candidate);
                    if (distance < least) {
                        best = candidate;
                        least = distance;
                    }
                }
            }
        }
        return best.isEmpty() ? otherwise : "did you mean \"" + best + "\"?";
    }

    /** Levenshtein's distance: how many letters to add, drop or change. */
    private static int distance(String a, String b) {
        var previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            var current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
