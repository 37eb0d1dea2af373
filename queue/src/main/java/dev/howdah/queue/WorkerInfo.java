package dev.howdah.queue;

import java.util.Set;

/**
 * A worker as it tells the others of itself.
 *
 * @param id the name under which it claims
 * @param types of tasks that it has handlers for
 * @param concurrency tasks that it runs at once
 */
public record WorkerInfo(String id, Set<String> types, int concurrency) {
    public WorkerInfo {
        types = Set.copyOf(types);
    }
}
