package dev.howdah.knowledge;

import java.util.List;

/**
 * What a write of a set did.
 *
 * @param unchanged how many were there already, just so
 * @param ids of all of them
 */
public record Change(int added, int updated, int unchanged, List<String> ids) {
    static final Change NONE = new Change(0, 0, 0, List.of());

    public Change {
        ids = List.copyOf(ids);
    }
}
