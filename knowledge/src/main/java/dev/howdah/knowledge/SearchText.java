package dev.howdah.knowledge;

import java.util.Map;

/**
 * What can be found by its words.
 *
 * @param key unique over all kinds, such as {@code pattern:123}
 * @param kind such as {@code pattern}
 * @param metadata what a search can be narrowed by besides kind and repository
 */
public record SearchText(String key, String kind, String repository, String title, String text,
        Map<String, String> metadata) {
    public SearchText {
        metadata = Map.copyOf(metadata);
    }
}
