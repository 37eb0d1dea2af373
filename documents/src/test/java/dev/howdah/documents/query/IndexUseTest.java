package dev.howdah.documents.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.query.Explanation.Service;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.util.List;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The planner really uses what is declared, also for statements that are planned before their values are known. */
class IndexUseTest {
    private static final Database DATABASE = TestDatabase.create();
    private static final IndexUse USE = new IndexUse(
            List.of(index("by_user", false, "user.id"), index("by_score", false, "score"),
                    index("by_at", false, "at", "score"), index("by_mail", true, "mail"),
                    new DeclaredIndex("by_any", DeclaredIndex.Kind.GIN, List.of(), false)),
            true);

    @BeforeAll
    static void load() {
        new Migrator(DATABASE, Migrations.ofModules("documents")).up();
        DATABASE.withHandle(handle -> {
            handle.execute("CREATE TABLE planned (id text PRIMARY KEY, data jsonb NOT NULL)");
            handle.execute(
                    """
                        INSERT INTO planned (id, data)
                        SELECT 'd' || i, jsonb_build_object('_id', 'd' || i, 'user', jsonb_build_object('id', i % 1000), 'score', i,
                                 'tags', jsonb_build_array('t' || i), 'mail', i || '@example.org', 'at', jsonb_build_object('$date',
                                 to_char(TIMESTAMP '2020-01-01' + i * INTERVAL '1 hour', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
                          FROM generate_series(1, 20000) AS i
                        """);
            USE.indexes().forEach(index -> handle.execute("CREATE " + (index.unique() ? "UNIQUE " : "") + "INDEX "
                    + index.name() + " ON planned USING " + index.definition()));
            assertThat(IndexUse.textInCodePoints(handle)).isTrue();
            return handle.execute("ANALYZE planned");
        });
    }

    @Test
    void equalityByAPath() {
        assertThat(plan("{'user.id': 77}")).contains("by_user").contains("Index Cond");
        assertThat(plan("{'user.id': {$in: [77, 78]}, x: null}")).contains("by_user");
        assertThat(count("{'user.id': 77}")).isEqualTo(20);
    }

    @Test
    void whatAnIndexTellsIsNotLookedAtAgain() {
        assertThat(parts("{x: 1, 'user.id': 77}")).hasSize(2).satisfiesExactly(
                told -> assertThat(told).contains("document_key").doesNotContain("'[]'"),
                untold -> assertThat(untold).contains("= '[]'").contains("::jsonpath"));
        assertThat(parts("{'user.id': null}")).as("null or missing").hasSize(1);
        assertThat(parts("{'user.id': {$gt: 77}}")).hasSize(1);
        assertThat(parts("{x: 1}")).hasSize(1);
    }

    private static List<String> parts(String filter) {
        return FilterSql.apart(Filter.parse(SortTest.json(filter)), USE).stream().map(SqlCondition::sql).toList();
    }

    @Test
    void rangesOfNumbersDatesAndTexts() {
        assertThat(plan("{score: {$gt: 100, $lte: 110}}")).contains("by_score");
        assertThat(count("{score: {$gt: 100, $lte: 110}}")).isEqualTo(10);
        assertThat(plan("{at: {$gte: {$date: '2020-02-01T00:00:00Z'}, $lt: {$date: '2020-02-02T00:00:00Z'}}}"))
                .contains("by_at");
        assertThat(count("{at: {$gte: {$date: '2020-02-01T00:00:00Z'}, $lt: {$date: '2020-02-02T00:00:00Z'}}}"))
                .isEqualTo(24);
        assertThat(plan("{mail: {$gte: '500@', $lt: '500A'}}")).contains("by_mail");
        assertThat(count("{mail: {$gte: '500@', $lt: '500A'}}")).isEqualTo(1);
    }

    @Test
    void idsByThePrimaryKey() {
        assertThat(plan("{_id: 'd5'}")).contains("planned_pkey");
        assertThat(count("{_id: {$in: ['d5', 'd6', 7, [1], {$oid: '507f1f77bcf86cd799439011'}]}}")).isEqualTo(2);
    }

    @Test
    void anyOtherEqualityByGin() {
        assertThat(plan("{tags: 't500'}")).contains("by_any");
        assertThat(plan("{$or: [{tags: 't500'}, {tags: 't501'}]}")).contains("by_any");
        assertThat(count("{$or: [{tags: 't500'}, {'user.id': 7}]}")).isEqualTo(21);
    }

    @Test
    void uniqueIndexesHoldForValuesAndLeaveArraysAlone() {
        assertThatThrownBy(() -> insert("x1", "{\"mail\": \"5@example.org\"}"))
                .isInstanceOf(UnableToExecuteStatementException.class).hasMessageContaining("by_mail");
        insert("x2", "{\"mail\": [\"a\"], \"x\": 1}");
        insert("x3", "{\"mail\": [\"a\"], \"x\": 1}");
        assertThat(count("{mail: 'a'}")).isEqualTo(2);
        insert("x4", "{\"mail\": \"" + "long".repeat(2000) + "\"}");
        assertThat(count("{mail: '" + "long".repeat(2000) + "'}")).isEqualTo(1);
        DATABASE.withHandle(handle -> handle.execute("DELETE FROM planned WHERE id LIKE 'x%'"));
    }

    @Test
    void explainsWhichClauseHasNoIndex() {
        var explanation = Explanation.of(
                Filter.parse(SortTest.json("{_id: 'd5', 'user.id': 1, tags: 'a', age: {$gt: 3}, n: {$ne: 1}}")),
                USE, "people");
        assertThat(explanation.clauses()).extracting(Explanation.Clause::service).containsExactly(Service.ID,
                Service.BTREE,
                Service.GIN, Service.NONE, Service.NONE);
        assertThat(explanation.clauses().get(3).advice()).contains("howdah documents index people --btree age");
        assertThat(explanation.clauses().get(4).condition()).isEqualTo("not: n equals a value");
    }

    @Test
    void refusesIndexesThatCannotBe() {
        assertThatThrownBy(() -> index("a", false, "a.0.b")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("number");
        assertThatThrownBy(() -> index("Select", false, "a")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> index("a", false)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void quotesThePathsOfIndexes() {
        var odd = index("odd", false, "it's \"a\" \\ ?{},:x.b");
        DATABASE.withHandle(handle -> {
            handle.execute("CREATE INDEX odd ON planned USING " + odd.definition());
            insert("o", "{\"it's \\\"a\\\" \\\\ ?{},:x\": {\"b\": 5}}");
            var filter = Filter.parse(tools.jackson.databind.node.JsonNodeFactory.instance.objectNode()
                    .put("it's \"a\" \\ ?{},:x.b", 5));
            var condition = FilterSql.of(filter, new IndexUse(List.of(odd), true));
            assertThat(condition.bind(handle.createQuery("SELECT id FROM planned WHERE " + condition.sql()))
                    .mapTo(String.class)
                    .list()).containsExactly("o");
            return handle.execute("DELETE FROM planned WHERE id = 'o'");
        });
    }

    private static void insert(String id, String data) {
        DATABASE.withHandle(
                handle -> handle.createUpdate("INSERT INTO planned (id, data) VALUES (:id, CAST(:data AS jsonb))")
                        .bind("id", id).bind("data", data).execute());
    }

    private static DeclaredIndex index(String name, boolean unique, String... paths) {
        return new DeclaredIndex(name, DeclaredIndex.Kind.BTREE, List.of(paths).stream().map(FieldPath::parse).toList(),
                unique);
    }

    private static int count(String filter) {
        var condition = FilterSql.of(Filter.parse(SortTest.json(filter)), USE);
        return DATABASE.withHandle(
                handle -> condition.bind(handle.createQuery("SELECT count(*) FROM planned WHERE " + condition.sql()))
                        .mapTo(Integer.class).one());
    }

    private static String plan(String filter) {
        var condition = FilterSql.of(Filter.parse(SortTest.json(filter)), USE);
        return DATABASE.inTransaction(tx -> {
            tx.handle().execute("SET LOCAL plan_cache_mode = force_generic_plan");
            return String.join("\n",
                    condition.bind(tx.handle().createQuery("EXPLAIN SELECT id, data FROM planned WHERE "
                            + condition.sql())).mapTo(String.class).list());
        });
    }
}
