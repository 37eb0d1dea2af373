package dev.howdah.agent.dependencies;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import java.time.Duration;

/** A database with the agent's tables. */
final class AgentDatabase {
    private AgentDatabase() {}

    static Database create() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "knowledge")).up();
        return database;
    }

    static QueueSettings queueSettings() {
        return QueueSettings.defaults().withRetry(Duration.ZERO, Duration.ZERO);
    }

    static PostgresTaskQueue queue(Database database) {
        return new PostgresTaskQueue(database, queueSettings());
    }
}
