package dev.howdah.documents;

import java.util.List;
import java.util.Optional;

/**
 * Some of the documents that were found.
 *
 * @param documents in order
 * @param next the cursor to go on with; empty if there are no more
 */
public record DocumentPage(List<Document> documents, Optional<String> next) {
    public DocumentPage {
        documents = List.copyOf(documents);
    }
}
