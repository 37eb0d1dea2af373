package dev.howdah.queue.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** Cuts large sets into what one script handles, so that it does not hold up the server for long. */
final class Batches {
    static final int TASKS_MAX = 500;
    /** Of payloads or results together; a single one may have more. */
    static final int CHARACTERS_MAX = 4 << 20;

    private Batches() {}

    /** Batches of things whose size does not matter. */
    static <T> List<List<T>> of(List<T> all) {
        return of(all, one -> 0);
    }

    /**
     * Batches in order.
     *
     * @param characters how large one is
     */
    static <T> List<List<T>> of(List<T> all, ToIntFunction<T> characters) {
        var batches = new ArrayList<List<T>>();
        int from = 0;
        long sum = 0;
        for (int i = 0; i < all.size(); i++) {
            int size = characters.applyAsInt(all.get(i));
            if (i > from && (i - from == TASKS_MAX || sum + size > CHARACTERS_MAX)) {
                batches.add(all.subList(from, i));
                from = i;
                sum = 0;
            }
            sum += size;
        }
        if (from < all.size()) {
            batches.add(all.subList(from, all.size()));
        }
        return batches;
    }
}
