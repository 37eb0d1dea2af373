package dev.howdah.operations.search;

import dev.howdah.documents.Document;
import dev.howdah.knowledge.search.SearchHit;

/**
 * A document that was found, and why.
 *
 * @param hit its score, who found it, and a piece of its text
 */
public record FoundDocument(Document document, SearchHit hit) {}
