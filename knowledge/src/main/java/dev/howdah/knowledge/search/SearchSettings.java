package dev.howdah.knowledge.search;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.util.List;
import java.util.Map;

/**
 * How rankings are fused. Only the ratio of the weights counts.
 *
 * @param textWeight of BM25
 * @param semanticWeight of vectors
 * @param spellingWeight of titles that are spelled alike
 * @param candidates how many entries each ranker names at least; more for a larger limit
 */
public record SearchSettings(double textWeight, double semanticWeight, double spellingWeight, int candidates) {
    public static final Setting<Double> TEXT_WEIGHT = weight("howdah.knowledge.search.text-weight", "0.3",
            "Weight of words in hybrid search, 0 to 100.");
    public static final Setting<Double> SEMANTIC_WEIGHT = weight("howdah.knowledge.search.semantic-weight", "0.7",
            "Weight of vectors in hybrid search, 0 to 100.");
    public static final Setting<Double> SPELLING_WEIGHT = weight("howdah.knowledge.search.spelling-weight", "0.15",
            "Weight of titles that are spelled like a short question, 0 to 100.");
    public static final Setting<Integer> CANDIDATES = Setting.integer("howdah.knowledge.search.candidates", 100, 10,
            10_000, "How many entries each ranker names before their rankings are fused.");

    /** The defaults. */
    public static SearchSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static SearchSettings from(Configuration configuration) {
        return new SearchSettings(configuration.get(TEXT_WEIGHT), configuration.get(SEMANTIC_WEIGHT),
                configuration.get(SPELLING_WEIGHT), configuration.get(CANDIDATES));
    }

    /** The weight of a ranker. */
    public double weight(Ranker ranker) {
        return switch (ranker) {
            case TEXT -> textWeight;
            case SEMANTIC -> semanticWeight;
            case SPELLING -> spellingWeight;
        };
    }

    private static Setting<Double> weight(String name, String defaultText, String description) {
        return new Setting<>(name, List.of(), SearchSettings::parse, defaultText, false, description);
    }

    private static Double parse(String text) {
        try {
            double weight = Double.parseDouble(text.strip());
            if (weight >= 0 && weight <= 100) {
                return weight;
            }
        } catch (NumberFormatException e) {
            // falls through to the one message for both faults
        }
        throw new IllegalArgumentException("use a number from 0 to 100");
    }
}
