package dev.howdah.operations.inspection;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A session of the database.
 *
 * @param pid the server's process, by which it can be cancelled
 * @param role who it is
 * @param application as it calls itself
 * @param client its address; absent on the server's own machine without TCP
 * @param state such as {@code active} or {@code idle in transaction}; {@code unknown} if this role may not see it
 * @param waitsFor what it waits for, such as {@code Lock: relation}
 * @param transactionAge how long its transaction has been open; absent outside of one
 * @param queryAge how long ago its last statement began
 * @param query its last statement, without values
 * @param blockedBy processes that hold the lock that it waits for
 */
public record Session(int pid, String role, String application, Optional<String> client, String state,
        Optional<String> waitsFor, Optional<Duration> transactionAge, Optional<Duration> queryAge, String query,
        List<Integer> blockedBy) {
    public Session {
        blockedBy = List.copyOf(blockedBy);
    }
}
