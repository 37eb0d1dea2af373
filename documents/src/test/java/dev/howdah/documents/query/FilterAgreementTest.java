package dev.howdah.documents.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.documents.value.Values;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Java and the database give the same answer, for any document and any filter. */
class FilterAgreementTest {
    private static final int DOCUMENTS = 300;
    private static final int FILTERS = 800;
    private static final long SEED = Long.getLong("howdah.test.seed", 20_261_121);
    private static final IndexUse INDEXES = new IndexUse(List.of(
            new DeclaredIndex("by_a", DeclaredIndex.Kind.BTREE, List.of(FieldPath.parse("a")), false),
            new DeclaredIndex("by_a_b", DeclaredIndex.Kind.BTREE, List.of(FieldPath.parse("a.b"), FieldPath.parse("b")),
                    false),
            new DeclaredIndex("by_c", DeclaredIndex.Kind.BTREE, List.of(FieldPath.parse("c")), true),
            new DeclaredIndex("any_path", DeclaredIndex.Kind.GIN, List.of(), false)), true);

    private static final SortedMap<String, ObjectNode> DOCS = new TreeMap<>();
    private static Database database;

    @BeforeAll
    static void load() {
        database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("documents")).up();
        var random = new RandomDocuments(SEED);
        database.withHandle(handle -> {
            handle.execute("CREATE TABLE found (id text PRIMARY KEY, data jsonb NOT NULL)");
            for (int i = 0; i < DOCUMENTS; i++) {
                var document = random.document().put("_id", "d" + i);
                DOCS.put("d" + i, document);
                handle.createUpdate("INSERT INTO found (id, data) VALUES (:id, CAST(:data AS jsonb))")
                        .bind("id", "d" + i)
                        .bind("data", Values.write(document)).execute();
            }
            INDEXES.indexes().forEach(index -> handle
                    .execute("CREATE INDEX " + index.name() + " ON found USING " + index.definition()
                            .replace(" NULLS NOT DISTINCT", "")));
            return handle.execute("ANALYZE found");
        });
    }

    @Test
    void withoutIndexes() {
        agree(IndexUse.NONE, "on", new RandomDocuments(SEED + 1), false);
    }

    @Test
    void withIndexesThatThePlannerMustUse() {
        agree(INDEXES, "off", new RandomDocuments(SEED + 2), false);
    }

    @Test
    void inExpressions() {
        agree(IndexUse.NONE, "on", new RandomDocuments(SEED + 3), true);
    }

    private static void agree(IndexUse use, String sequentialScans, RandomDocuments random, boolean expressions) {
        database.withHandle(handle -> {
            handle.execute("SET enable_seqscan = " + sequentialScans);
            int matched = 0;
            for (int i = 0; i < FILTERS; i++) {
                var json = expressions ? random.expression() : random.filter();
                var filter = Filter.parse(json);
                var matcher = Matcher.of(filter);
                var expected = new TreeSet<String>();
                DOCS.forEach((id, data) -> {
                    if (matcher.matches(data)) {
                        expected.add(id);
                    }
                });
                var condition = FilterSql.of(filter, use);
                var found = new TreeSet<>(
                        condition.bind(handle.createQuery("SELECT id FROM found WHERE " + condition.sql()))
                                .mapTo(String.class).list());
                if (!found.equals(expected)) {
                    var wrong = new TreeSet<>(found);
                    wrong.addAll(expected);
                    wrong.removeIf(id -> found.contains(id) && expected.contains(id));
                    assertThat(found).as("%s %s: %s%n%s", json, condition.sql(), DOCS.get(wrong.first()),
                            JsonPaths.predicate(filter)).isEqualTo(expected);
                }
                var parts = new ArrayList<String>(); // a list, so that a document that two parts find is seen
                FilterSql.apart(filter, use).forEach(part -> parts.addAll(
                        part.bind(handle.createQuery("SELECT id FROM found WHERE " + part.sql()))
                                .mapTo(String.class).list()));
                assertThat(parts).as("%s in parts", json).containsExactlyInAnyOrderElementsOf(expected);
                matched += expected.size();
            }
            assertThat(matched).isGreaterThan(FILTERS); // the documents and filters do meet
            return handle.execute("RESET enable_seqscan");
        });
    }
}
