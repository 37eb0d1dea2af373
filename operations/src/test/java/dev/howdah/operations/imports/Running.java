package dev.howdah.operations.imports;

import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.Caches;
import dev.howdah.documents.DocumentSettings;
import dev.howdah.documents.Documents;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.time.Duration;

/** Imports into a schema of a test's own. */
final class Running implements AutoCloseable {
    final Database database;
    final Caches caches;
    final Documents documents;
    final Imports imports;

    private Running(Database database, ImportSettings settings) {
        this.database = database;
        this.caches = new Caches(database, CacheSettings.defaults());
        this.documents = new Documents(database, DocumentSettings.defaults());
        this.imports = new Imports(database, caches, CacheSettings.defaults(), documents, DocumentSettings.defaults(),
                settings);
    }

    static ImportSettings settings() {
        return ImportSettings.defaults().withRetries(3, Duration.ofMillis(100)).withLease(Duration.ofSeconds(3));
    }

    static Running start() {
        return start(settings());
    }

    static Running start(ImportSettings settings) {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("cache", "documents", "operations")).up();
        return new Running(database, settings);
    }

    /** On a schema that is there. */
    static Running on(Database database, ImportSettings settings) {
        return new Running(database, settings);
    }

    @Override
    public void close() {
        caches.close();
    }
}
