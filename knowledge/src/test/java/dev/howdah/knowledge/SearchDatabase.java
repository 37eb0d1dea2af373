package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;

/** A database with the tables of this module, in a schema of its own. */
public final class SearchDatabase {
    private SearchDatabase() {}

    public static Database create() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "knowledge")).up();
        return database;
    }
}
