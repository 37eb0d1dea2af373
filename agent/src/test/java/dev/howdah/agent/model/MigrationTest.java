package dev.howdah.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.SchemaDescription;
import dev.howdah.postgres.TestDatabase;
import org.junit.jupiter.api.Test;

class MigrationTest {
    private static final long BEFORE_AGENTS = 11;

    @Test
    void theTablesOfAgentsGoAndComeBack() {
        var database = TestDatabase.create();
        var migrator = new Migrator(database, Migrations.ofModules("queue", "knowledge", "agent"));
        migrator.up(BEFORE_AGENTS);
        var without = SchemaDescription.of(database);
        migrator.up();
        var with = SchemaDescription.of(database);
        assertThat(with).contains("model_calls").isNotEqualTo(without);
        migrator.downTo(BEFORE_AGENTS);
        assertThat(SchemaDescription.of(database)).isEqualTo(without);
        migrator.up();
        assertThat(SchemaDescription.of(database)).isEqualTo(with);
    }
}
