package dev.howdah.queue;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Free slots of a worker in the same process: what is enqueued while it has nothing to do can be stored as claimed by it. */
interface LocalSlots {
    String worker();

    Set<String> types();

    Duration lease();

    /** Takes so many slots, all or none; none while tasks wait that should run first. */
    boolean reserve(int tasks);

    /** Gives back slots that were reserved and not used. */
    void release(int tasks);

    /** Runs tasks for which slots were reserved. */
    void run(List<ClaimedTask> tasks);
}
