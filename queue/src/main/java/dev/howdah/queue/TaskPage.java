package dev.howdah.queue;

import java.util.List;
import java.util.Optional;

/**
 * One page of a list.
 *
 * @param next cursor of the next page; absent on the last
 */
public record TaskPage(List<Task> items, Optional<String> next) {
    public TaskPage {
        items = List.copyOf(items);
    }
}
