package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Keyword;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Counts words by the names and sentences they stand in. A plural counts as its singular where that occurs too. */
final class Keywords {
    private static final int WORDS_MAX = 100_000;
    private static final int COUNT_MIN = 2;
    private final Map<String, Integer> counts = new HashMap<>();

    /** Counts each word of the text once. */
    void add(String text) {
        for (var word : new HashSet<>(Prose.words(text))) {
            if (counts.size() < WORDS_MAX || counts.containsKey(word)) {
                counts.merge(word, 1, Integer::sum);
            }
        }
    }

    List<Keyword> top(int max) {
        var merged = new HashMap<String, Integer>();
        counts.forEach((word, count) -> merged.merge(singular(word), count, Integer::sum));
        return merged.entrySet().stream().filter(entry -> entry.getValue() >= COUNT_MIN)
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(max).map(entry -> new Keyword(entry.getKey(), entry.getValue())).toList();
    }

    private String singular(String word) {
        if (word.endsWith("ies") && counts.containsKey(word.substring(0, word.length() - 3) + "y")) {
            return word.substring(0, word.length() - 3) + "y";
        }
        var stem = word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
        return counts.containsKey(stem) ? stem : word;
    }
}
