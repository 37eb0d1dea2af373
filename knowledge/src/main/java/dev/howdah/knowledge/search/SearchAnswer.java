package dev.howdah.knowledge.search;

import java.util.List;

/**
 * What was found.
 *
 * @param hits best first
 * @param used by what was searched
 * @param notes why not by more, and what else the caller should know
 */
public record SearchAnswer(List<SearchHit> hits, SearchMode used, List<String> notes) {
    public SearchAnswer {
        hits = List.copyOf(hits);
        notes = List.copyOf(notes);
    }
}
