package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;

/** Databases with the tables of this module, each in a schema of its own. */
public final class SearchDatabase {
    private SearchDatabase() {}

    public static Database create() {
        return migrated(TestDatabase.create());
    }

    /** On a server that has pgvector. */
    public static Database createWithPgvector() {
        return migrated(TestDatabase.createWithPgvector());
    }

    private static Database migrated(Database database) {
        new Migrator(database, Migrations.ofModules("queue", "knowledge")).up();
        return database;
    }
}
