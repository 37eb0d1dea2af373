package dev.howdah.bench;

import dev.howdah.workflow.Programs;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.UUID;
import java.util.function.IntConsumer;

/** Our workflows as code. */
final class ProgramsPeer implements WorkflowPeer {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final int SLOTS = 1000;

    private final Database database;
    private final Programs programs;
    private final Worker worker;
    private volatile IntConsumer onStep = step -> {};

    ProgramsPeer(DatabaseSettings settings) {
        database = Database.open(settings.withPool(25, 10));
        new Migrator(database, Migrations.ofModules("queue", "workflow")).up();
        var queueSettings = QueueSettings.defaults().withConcurrency(SLOTS);
        var queue = new PostgresTaskQueue(database, queueSettings);
        programs = new Programs(database, queue);
        programs.register("chain", Integer.class, (workflow, steps) -> {
            for (int i = 0; i < steps; i++) {
                int step = i;
                workflow.run("s" + i, () -> onStep.accept(step));
            }
            return steps;
        });
        programs.register("nap", Integer.class, (workflow, hours) -> {
            workflow.sleep("nap", Duration.ofHours(hours));
            return hours;
        });
        worker = new Worker(queue, queueSettings, programs.handlers());
    }

    /** From now on what is started runs here, too. */
    ProgramsPeer started() {
        worker.start();
        return this;
    }

    Database database() {
        return database;
    }

    /** Called with the number of each step. */
    void onStep(IntConsumer action) {
        onStep = action;
    }

    UUID start(int steps) {
        return programs.start("chain", steps);
    }

    /** An execution that does nothing but sleep. */
    void startNap(int hours) {
        programs.start("nap", hours);
    }

    @Override
    public void run(int steps) {
        try {
            if (programs.awaitResult(start(steps), LIMIT).isEmpty()) {
                throw new IllegalStateException("a workflow did not end within " + LIMIT);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        worker.stop(Duration.ofSeconds(5));
        programs.close();
        database.close();
    }
}
