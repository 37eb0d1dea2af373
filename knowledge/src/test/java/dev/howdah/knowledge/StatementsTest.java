package dev.howdah.knowledge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import java.lang.reflect.Modifier;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every statement of text search and embeddings prepares against the migrated schema, without any extension. */
class StatementsTest {
    private static final Pattern SQL = Pattern.compile("(?s)\\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\\b.*");
    private static final Pattern PARAMETER = Pattern.compile("(?<!:):[A-Za-z]\\w*");
    private static final List<String> TYPES = List.of("text.TextSql", "text.Postings", "text.Trigrams",
            "embedding.EmbeddingCache", "embedding.EmbeddingTasks");

    @Test
    void everyStatementPrepares() throws Exception {
        var statements = new ArrayList<String>();
        for (var type : TYPES) {
            for (var field : Class.forName("dev.howdah.knowledge." + type).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.getType() == String.class) {
                    field.setAccessible(true);
                    var text = String.valueOf(field.get(null));
                    if (SQL.matcher(text).matches()) {
                        statements.add(text);
                    }
                }
            }
        }
        assertThat(statements).hasSizeGreaterThan(10);
        var broken = new ArrayList<String>();
        SearchDatabase.create().withHandle(handle -> {
            for (var sql : statements) {
                try (var statement = handle.getConnection().prepareStatement(PARAMETER.matcher(sql).replaceAll("?"))) {
                    assertThat(statement.getParameterMetaData()).isNotNull(); // asks the server
                } catch (SQLException e) {
                    broken.add(sql + ": " + e.getMessage());
                }
            }
            return broken;
        });
        assertThat(broken).isEmpty();
    }

    @Test
    void theLastMigrationGoesBackAndForth() {
        var database = SearchDatabase.create();
        var migrator = new Migrator(database, Migrations.ofModules("queue", "knowledge"));
        assertThat(migrator.redo()).isNotEmpty();
        long pairs = database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM pattern_similarity_view")
                .mapTo(Long.class).one());
        assertThat(pairs).isZero();
    }
}
