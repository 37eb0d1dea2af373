package dev.howdah.documents;

import dev.howdah.postgres.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a page ended.
 *
 * @param id behind this document, if documents come in the order of their ids
 * @param position behind so many documents, if they come in another one
 */
record PageCursor(Optional<String> id, long position) {
    static final PageCursor START = new PageCursor(Optional.empty(), 0);

    static PageCursor parse(String text) {
        try {
            var plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            if (plain.startsWith("i")) {
                return new PageCursor(Optional.of(plain.substring(1)), 0);
            }
            if (plain.startsWith("p")) {
                return new PageCursor(Optional.empty(), Long.parseLong(plain.substring(1)));
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new InvalidInputException("cursor-invalid", "cursor", "is no cursor of a page",
                "use the value of \"next\" of the page before");
    }

    @Override
    public String toString() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id.map(given -> "i" + given)
                .orElse("p" + position).getBytes(StandardCharsets.UTF_8));
    }
}
