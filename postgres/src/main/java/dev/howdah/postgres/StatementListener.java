package dev.howdah.postgres;

import java.time.Duration;
import java.util.OptionalLong;

/** Hears of every statement that this process ran: for measurements and traces. */
@FunctionalInterface
public interface StatementListener {
    /**
     * Called on the thread that ran the statement, right after it; to be done in a microsecond.
     *
     * @param statement what it does, and to which table
     * @param duration how long it took
     * @param rows how many it changed, where that is known
     * @param failed whether the database refused it or was lost meanwhile
     */
    void ran(Statement statement, Duration duration, OptionalLong rows, boolean failed);
}
