package dev.howdah.queue;

import dev.howdah.postgres.Database;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Plays seeds of {@link Simulation}: {@code -Dhowdah.test.seeds} many, beginning with {@code -Dhowdah.test.first-seed}; a
 * failure names its seed and tells what happened in it.
 */
class SimulationTest {
    private static final long SEEDS = Long.getLong("howdah.test.seeds", 10_000);
    private static final long FIRST = Long.getLong("howdah.test.first-seed", 1);
    private static final int LANES = 2;

    @Test
    void keepsItsPromisesWhateverHappens() throws Exception {
        var next = new AtomicLong(FIRST);
        var lanes = new ArrayList<Callable<Void>>();
        for (int i = 0; i < LANES; i++) {
            var database = PostgresTaskQueueTest.migrated();
            Simulation.prepare(database);
            lanes.add(() -> play(database, next));
        }
        try (var threads = Executors.newFixedThreadPool(LANES)) {
            for (Future<Void> lane : threads.invokeAll(lanes)) {
                lane.get();
            }
        }
    }

    private static Void play(Database database, AtomicLong next) {
        for (long seed = next.getAndIncrement(); seed < FIRST + SEEDS; seed = next.getAndIncrement()) {
            try {
                new Simulation(database, seed).run();
            } catch (AssertionError e) {
                next.set(FIRST + SEEDS); // the other lane need not go on
                throw e;
            }
        }
        return null;
    }
}
