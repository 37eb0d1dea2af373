package dev.howdah.agent.model;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;

/** A database with the agent's tables. */
final class ModelDatabase {
    private ModelDatabase() {}

    static Database create() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "agent")).up();
        return database;
    }
}
