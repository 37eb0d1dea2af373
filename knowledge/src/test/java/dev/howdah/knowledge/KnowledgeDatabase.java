package dev.howdah.knowledge;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A database with the tables of knowledge. */
final class KnowledgeDatabase {
    /** Everything that an import may add to. */
    private static final List<String> TABLES = List.of("repositories", "patterns", "technical_decisions",
            "reusable_components", "keywords", "pattern_keywords", "repository_keywords", "dependencies",
            "repository_relationships", "deployment_scripts", "lessons_learned", "analysis_history",
            "test_frameworks", "security_patterns", "runtime_issues", "quarantined_entries", "knowledge_imports");

    private KnowledgeDatabase() {}

    static Database create() {
        var database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "knowledge")).up();
        return database;
    }

    /** Rows by table, in the order of {@link #TABLES}. */
    static List<String> counts(Database database) {
        return database.withHandle(handle -> TABLES.stream().map(table -> table + " " + handle
                .createQuery("SELECT count(*) FROM " + table).mapTo(Long.class).one()).toList());
    }

    static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
