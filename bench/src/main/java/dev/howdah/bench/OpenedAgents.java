package dev.howdah.bench;

import dev.howdah.agent.task.Agent;
import dev.howdah.agent.task.AgentTasks;
import dev.howdah.agent.task.TaskSettings;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.Worker;
import java.time.Duration;
import java.util.Optional;

/** Our tasks of one agent, in this process. */
final class OpenedAgents implements AutoCloseable {
    private static final int SLOTS = 100;

    private final Database database;
    private final AgentTasks tasks;
    private final Worker worker;

    OpenedAgents(DatabaseSettings settings, Agent agent) {
        database = Database.open(settings.withPool(10, 5));
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "agent")).up();
        var queueSettings = QueueSettings.defaults().withConcurrency(SLOTS);
        var queue = new PostgresTaskQueue(database, queueSettings);
        tasks = new AgentTasks(database, queue, agent, TaskSettings.defaults(), Optional.empty());
        worker = new Worker(queue, queueSettings, tasks.handlers());
    }

    /** From now on tasks run here, too. */
    void startWorker() {
        worker.start();
    }

    AgentTasks tasks() {
        return tasks;
    }

    @Override
    public void close() {
        worker.stop(Duration.ofSeconds(5));
        tasks.close();
        database.close();
    }
}
