package dev.howdah.agent.a2a;

import java.util.List;

/**
 * Tasks, newest status first.
 *
 * @param nextPageToken empty on the last page
 * @param pageSize what was asked for
 * @param totalSize how many match on all pages
 */
public record TaskPage(List<Task> tasks, String nextPageToken, int pageSize, int totalSize) {
    public TaskPage {
        tasks = List.copyOf(tasks);
    }
}
