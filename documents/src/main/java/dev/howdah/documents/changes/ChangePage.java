package dev.howdah.documents.changes;

import java.util.List;

/**
 * Some changes.
 *
 * @param events in order
 * @param next where to go on; behind the last event, or further if nothing else can come before that place
 * @param isComplete whether there were no more at that moment
 */
public record ChangePage(List<ChangeEvent> events, ChangeToken next, boolean isComplete) {
    public ChangePage {
        events = List.copyOf(events);
    }
}
