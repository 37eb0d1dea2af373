package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;

/**
 * Opens the addresses that imports name. Whoever can have something imported can name any address: the one that is given
 * here decides which of them may be asked.
 */
@FunctionalInterface
public interface ImportFetcher {
    /**
     * Asks for a document of JSON, following no redirect.
     *
     * @return the document, if the answer has the status 200
     * @throws InvalidInputException if the address must not be asked
     * @throws dev.howdah.postgres.UnavailableException if there was another answer or none
     * @throws IOException if it breaks off
     */
    Fetched fetch(URI address) throws IOException;

    /**
     * What came.
     *
     * @param body to be closed; closing it frees who reads it in another thread
     * @param length how many bytes were announced; 0 if that was not said
     */
    record Fetched(InputStream body, long length) {}

    /** Opens none. */
    static ImportFetcher none() {
        return address -> {
            throw new InvalidInputException("import-invalid", "url", "cannot be read here",
                    "let the server import it, or fetch it and import the file");
        };
    }
}
