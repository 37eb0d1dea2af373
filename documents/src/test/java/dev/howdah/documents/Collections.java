package dev.howdah.documents;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.update.Update;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import tools.jackson.databind.node.ObjectNode;

/** What tests of collections begin with. JSON is written with single quotes. */
final class Collections {
    private Collections() {}

    static Database migrated() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("documents")).up();
        return database;
    }

    static Documents open(Database database) {
        return new Documents(database, DocumentSettings.defaults());
    }

    static ObjectNode json(String text) {
        return Values.parseObject(text.replace('\'', '"'));
    }

    static NewDocument document(String text) {
        return NewDocument.of(json(text));
    }

    static Filter filter(String text) {
        return Filter.parse(json(text));
    }

    static Update update(String text) {
        return Update.parse(json(text));
    }
}
