package dev.howdah.documents.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DocumentFunctionsTest {
    private static final Migrations MIGRATIONS = Migrations.ofModules("documents");
    private static final String FUNCTIONS = """
        SELECT count(*)::text
          FROM pg_proc
         WHERE proname LIKE 'document%' AND pronamespace = current_schema()::regnamespace
        """;

    private final Database database = TestDatabase.create();
    private final Migrator migrator = new Migrator(database, MIGRATIONS);

    @Test
    void goDownAndUpAgain() {
        migrator.up();
        var count = ask(FUNCTIONS, Map.of());
        migrator.down(MIGRATIONS.all().size());
        assertThat(ask(FUNCTIONS, Map.of())).isEqualTo("0");
        migrator.up();
        assertThat(ask(FUNCTIONS, Map.of())).isEqualTo(count);
    }

    @Test
    void compareAsJavaDoes() {
        migrator.up();
        var random = new RandomDocuments(5);
        for (int i = 0; i < 500; i++) {
            var a = Values.normaliseValue(random.value(3), DocumentLimits.DEFAULT).value();
            var b = Values.normaliseValue(random.value(3), DocumentLimits.DEFAULT).value();
            var found = ask("SELECT sign(document_compare(CAST(:a AS jsonb), CAST(:b AS jsonb)))::text",
                    Map.of("a", Values.write(a), "b", Values.write(b)));
            assertThat(found).as("%s and %s", a, b)
                    .isEqualTo(Integer.toString(Integer.signum(Expressions.compare(a, b))));
        }
    }

    @Test
    void keysOfIndexesPointToTheDocumentWhereTheyCannotTell() {
        migrator.up();
        for (var row : List.of(List.of("{\"a\": {\"b\": 1}}", "1"), List.of("{\"a\": {}}", "null"),
                List.of("{\"a\": 5}", "null"),
                List.of("{\"a\": [{\"b\": 1}]}", "[]"), List.of("{\"a\": {\"b\": [1]}}", "[]"),
                List.of("{\"a\": {\"b\": null}}", "null"),
                List.of("{\"a\": {\"b\": \"" + "x".repeat(999) + "\"}}", "[]"))) {
            assertThat(ask("SELECT document_key(CAST(:data AS jsonb), '{a,b}')::text", Map.of("data", row.getFirst())))
                    .as(row.getFirst()).isEqualTo(row.getLast());
        }
    }

    private String ask(String sql, Map<String, String> parameters) {
        return database.withHandle(handle -> handle.createQuery(sql).bindMap(parameters).mapTo(String.class).one());
    }
}
