package dev.howdah.documents.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SortTest {
    private static final Database DATABASE = TestDatabase.create();

    @BeforeAll
    static void migrate() {
        new Migrator(DATABASE, Migrations.ofModules("documents")).up();
        DATABASE.withHandle(handle -> handle.execute("CREATE TABLE sorted (id text PRIMARY KEY, data jsonb NOT NULL)"));
    }

    @BeforeEach
    void empty() {
        DATABASE.withHandle(handle -> handle.execute("DELETE FROM sorted"));
    }

    @Test
    void sortsByTypeAsMongoDoes() {
        var documents = documents("{a: {$maxKey: 1}}", "{a: {$regularExpression: {pattern: 'x', options: ''}}}",
                "{a: {$timestamp: {t: 1, i: 1}}}", "{a: {$date: '1970-01-01T00:00:00Z'}}",
                "{a: {$date: {$numberLong: '-99999999999999'}}}",
                "{a: true}", "{a: false}", "{a: {$oid: '507f1f77bcf86cd799439011'}}",
                "{a: {$binary: {base64: 'AQ==', subType: '00'}}}", "{a: {x: 1}}", "{a: 'b'}", "{a: 'B'}", "{a: ''}",
                "{a: {$numberDouble: 'Infinity'}}", "{a: 2.5}", "{a: -1}", "{a: {$numberDouble: '-Infinity'}}",
                "{a: {$numberDouble: 'NaN'}}", "{a: null}", "{}", "{a: []}", "{a: {$minKey: 1}}");
        var ascending = inBoth("{a: 1}", documents);
        assertThat(ascending)
                .isEqualTo(List.of("21", "20", "18", "19", "17", "16", "15", "14", "13", "12", "11", "10", "9",
                        "8", "7", "6", "5", "4", "3", "2", "1", "0"));
        assertThat(inBoth("{a: -1}", documents).getFirst()).isEqualTo("0");
    }

    @Test
    void sortsAnArrayByItsLeastUpwardsAndByItsGreatestDownwards() {
        var documents = documents("{a: [5, 1]}", "{a: 2}", "{a: [3, 4]}");
        assertThat(inBoth("{a: 1}", documents)).containsExactly("0", "1", "2");
        assertThat(inBoth("{a: -1}", documents)).containsExactly("0", "2", "1");
    }

    @Test
    void goesThroughArraysAndByIndex() {
        var documents = documents("{a: [{b: 9}, {b: 2}]}", "{a: {b: 3}}", "{a: [{c: 1}]}", "{a: [1]}", "{a: []}",
                "{a: 4}");
        assertThat(inBoth("{'a.b': 1}", documents)).containsExactly("2", "3", "4", "5", "0", "1");
        assertThat(inBoth("{'a.0.b': -1}", documents).getFirst()).isEqualTo("0");
    }

    @Test
    void keepsTheOrderOfIdsAmongEquals() {
        var documents = documents("{a: 1, b: 1}", "{a: 1, b: 2}", "{a: 1.0, b: 0}", "{a: 0}");
        assertThat(inBoth("{a: 1}", documents)).containsExactly("3", "0", "1", "2");
        assertThat(inBoth("{a: 1, b: -1}", documents)).containsExactly("3", "1", "0", "2");
    }

    @Test
    void agreesOnRandomDocuments() {
        var random = new RandomDocuments(7);
        var documents = new ArrayList<ObjectNode>();
        for (int i = 0; i < 300; i++) {
            documents.add(random.document().put("_id", Integer.toString(i)));
        }
        documents.removeIf(document -> !isFlat(document.get("a"))
                || document.path("b").valueStream().anyMatch(value -> !isFlat(value)));
        assertThat(documents).hasSizeGreaterThan(50);
        for (var sort : List.of("{a: 1, 'b.a': -1}", "{a: -1}", "{'b.a': 1}", "{'b.0': -1, a: 1}")) {
            inBoth(sort, documents);
        }
    }

    /** Objects among themselves have no order in SQL. */
    private static boolean isFlat(@org.jspecify.annotations.Nullable JsonNode value) {
        return value == null || value.isValueNode()
                || (value.isArray() && value.valueStream().allMatch(JsonNode::isValueNode));
    }

    @Test
    void refusesWhatIsNoDirection() {
        assertThatThrownBy(() -> Sort.parse(json("{a: 2}"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("1 for ascending");
        assertThatThrownBy(() -> Sort.parse(json("{'a.': 1}"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("empty step");
    }

    private static List<String> inBoth(String sort, List<ObjectNode> documents) {
        var parsed = Sort.parse(json(sort));
        var order = SortSql.of(parsed);
        var inJava = documents.stream().sorted(parsed.comparator()).map(document -> document.path("_id").stringValue())
                .toList();
        var inSql = DATABASE.withHandle(handle -> {
            handle.execute("DELETE FROM sorted");
            var batch = handle.prepareBatch("INSERT INTO sorted (id, data) VALUES (:id, CAST(:data AS jsonb))");
            documents.forEach(document -> batch.bind("id", document.path("_id").stringValue())
                    .bind("data", Values.write(document)).add());
            batch.execute();
            return order.bind(handle.createQuery("SELECT id FROM sorted ORDER BY " + order.sql())).mapTo(String.class)
                    .list();
        });
        assertThat(inSql).as(sort).isEqualTo(inJava);
        return inSql;
    }

    private static List<ObjectNode> documents(String... texts) {
        var documents = new ArrayList<ObjectNode>();
        for (int i = 0; i < texts.length; i++) {
            documents.add(
                    Values.normalise(json(texts[i]).put("_id", Integer.toString(i)), DocumentLimits.DEFAULT).data());
        }
        return documents;
    }

    static ObjectNode json(String text) {
        return Values.parseObject(text.replaceAll("([{,]\\s*)([$\\w]+):", "$1\"$2\":").replace('\'', '"'));
    }
}
