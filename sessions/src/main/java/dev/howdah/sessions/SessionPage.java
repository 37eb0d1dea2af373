package dev.howdah.sessions;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A part of a list.
 *
 * @param items the newest first
 * @param next the handle behind which the list goes on; absent at its end
 */
public record SessionPage(List<SessionSummary> items, Optional<UUID> next) {
    public SessionPage {
        items = List.copyOf(items);
    }
}
