package dev.howdah.knowledge.search;

import dev.howdah.knowledge.text.Highlight;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * An entry that was found, and why.
 *
 * @param score of the fusion; larger is better, comparable within one answer
 * @param opinions who found it, and how good each thought it was
 * @param highlight title and a piece of the text, as HTML
 */
public record SearchHit(String key, String title, ObjectNode metadata, double score, List<Opinion> opinions,
        Highlight highlight) {
    public SearchHit {
        opinions = List.copyOf(opinions);
    }

    /**
     * What one ranker says.
     *
     * @param rank from 1
     * @param score in the ranker's own measure
     */
    public record Opinion(Ranker ranker, int rank, double score) {}
}
