package dev.howdah.bench;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migration;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** What those who enqueue feel of a migration that has to wait for a long transaction. */
final class MigrationRows {
    private static final String ROW = "longest enqueue while a migration waits behind a long transaction";
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int CALLERS = 16;
    private static final double GOAL_MILLIS = 1_000;

    private final BenchDatabase database;
    private final BenchOptions options;

    MigrationRows(BenchDatabase database, BenchOptions options) {
        this.database = database;
        this.options = options;
    }

    List<Section> sections() {
        return List.of(Section.of(() -> new Contest("ms", true, ROW).in("operations")
                .ours(() -> new double[]{longestEnqueue()})
                .against("goal", 1, () -> new double[]{GOAL_MILLIS}), ROW));
    }

    private double longestEnqueue() {
        int warm = options.size(20_000, 5_000);
        var longest = new AtomicLong();
        try (var peer = new HowdahPeer(database.fresh()); var threads = Executors.newFixedThreadPool(1)) {
            Load.each(CALLERS, warm, peer::enqueueOne);
            var migration = peer.database().inTransaction(tx -> {
                tx.handle().createQuery("SELECT count(*) FROM tasks").mapTo(Long.class).one(); // its lock is kept
                var begun = threads.submit(() -> migrate(peer.database()));
                Load.rate(CALLERS, warm, LONG, number -> {
                    long begin = System.nanoTime();
                    peer.enqueueOne(number);
                    longest.accumulateAndGet(System.nanoTime() - begin, Math::max);
                });
                if (begun.isDone()) {
                    throw new IllegalStateException("the migration did not wait");
                }
                return begun;
            });
            migration.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return longest.get() / 1e6;
    }

    private static void migrate(Database database) {
        var column = new Migration(9_000, "bench", "note", "ALTER TABLE tasks ADD COLUMN bench_note text;",
                Optional.of("ALTER TABLE tasks DROP COLUMN bench_note;"));
        new Migrator(database, Migrations.of(Stream.concat(Migrations.ofModules("queue").all().stream(),
                Stream.of(column)).toList())).up();
    }
}
