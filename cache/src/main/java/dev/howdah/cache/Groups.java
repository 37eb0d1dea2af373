package dev.howdah.cache;

import dev.howdah.postgres.GroupCommit;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Two groups of callers that share statements, so that while the server works for the one, this process works for the other:
 * with eight threads on two cores, which others used as well, that read 1.6 times as much as one group did. Three groups were
 * now a little better, now a little worse. A thread stays in its group.
 *
 * @param <T> what callers bring
 * @param <R> what each is answered
 */
final class Groups<T, R> {
    private static final int GROUPS = 2;
    /** Elements of one statement on behalf of different callers. */
    private static final int BATCH_MAX = 128;

    private final List<GroupCommit<T, R>> groups;

    /** @param work done on elements of one group, by one thread of it at a time */
    Groups(Function<List<T>, List<R>> work) {
        this.groups = IntStream.range(0, GROUPS).mapToObj(i -> new GroupCommit<>(BATCH_MAX, work)).toList();
    }

    /** The answers to the elements, in order. */
    List<R> call(List<T> elements) {
        return groups.get((int) (Thread.currentThread().threadId() % GROUPS)).write(elements);
    }
}
