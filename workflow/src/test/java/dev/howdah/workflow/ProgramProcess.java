package dev.howdah.workflow;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.Worker;
import java.util.concurrent.CountDownLatch;

/** A process that runs programs, to be killed. Takes url, user, password and schema. */
final class ProgramProcess {
    private ProgramProcess() {}

    public static void main(String[] args) throws InterruptedException {
        var database = Database.open(DatabaseSettings.of(args[0], args[1], args[2], args[3]).withPool(10, 0));
        var queue = new PostgresTaskQueue(database, ProgramsTest.SETTINGS);
        var programs = new Programs(database, queue);
        register(programs);
        new Worker(queue, ProgramsTest.SETTINGS, programs.handlers()).start();
        new CountDownLatch(1).await();
    }

    /** Leaves a mark for each step, in the transaction of the step. */
    static void register(Programs programs) {
        programs.register("marks", Integer.class, (workflow, steps) -> {
            for (int i = 0; i < steps; i++) {
                var step = "s" + i;
                workflow.transactionalStep(step, tx -> tx.handle().execute("INSERT INTO marks VALUES (?, ?)",
                        workflow.executionId(), step), Integer.class);
            }
            return "";
        });
    }
}
