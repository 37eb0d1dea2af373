package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', nullValues = "-", textBlock = """
        SELECT 1                                                                    | SELECT | -
        SELECT a FROM Orders                                                        | SELECT | Orders
        select a from "Order Items" i                                               | SELECT | Order Items
        SELECT a FROM sales.orders                                                  | SELECT | sales.orders
        SELECT a FROM "Sales"."Order""s"                                            | SELECT | Sales.Order"s
        SELECT a FROM ONLY orders                                                   | SELECT | orders
        SELECT extract(epoch FROM at), trim(both FROM name) FROM events             | SELECT | events
        SELECT a IS DISTINCT FROM b, c IS NOT DISTINCT FROM d FROM pairs            | SELECT | pairs
        SELECT a FROM t WHERE b IS DISTINCT FROM c                                  | SELECT | t
        SELECT /* FROM wrong */ a -- FROM wrong                                     | SELECT | -
        SELECT 'FROM wrong', $$FROM wrong$$, $a$ FROM $$ wrong $a$ FROM t           | SELECT | t
        SELECT /* a /* nested */ FROM wrong */ a FROM t                             | SELECT | t
        SELECT a FROM (SELECT b FROM inner_one) x                                   | SELECT | inner_one
        SELECT a FROM (SELECT b FROM inner_one) x JOIN t ON true                    | SELECT | t
        SELECT a FROM (t JOIN u ON true)                                            | SELECT | t
        SELECT a FROM unnest(:ids::uuid[]) AS id                                    | SELECT | -
        SELECT a FROM unnest(:ids::uuid[]) AS id JOIN tasks ON tasks.id = id        | SELECT | tasks
        SELECT a FROM unnest(?) g (id), tasks                                       | SELECT | tasks
        SELECT a FROM ROWS FROM (f(1), g(2)) r                                      | SELECT | -
        SELECT a FROM t CROSS JOIN LATERAL (SELECT b FROM u) x                      | SELECT | t
        SELECT a FROM LATERAL (SELECT b FROM u) x                                   | SELECT | u
        SELECT (SELECT count(*) FROM t) AS n                                        | SELECT | t
        SELECT coalesce((SELECT max(a) FROM t), 0)                                  | SELECT | t
        (SELECT a FROM t) UNION ALL (SELECT a FROM u)                               | SELECT | t
        SELECT 1 UNION SELECT a FROM u                                              | SELECT | u
        SELECT a FROM t WHERE id IN (SELECT id FROM u)                              | SELECT | t
        SELECT a, from_date FROM t                                                  | SELECT | t
        WITH x AS (SELECT a FROM u) SELECT b FROM t                                 | SELECT | t
        WITH x AS (SELECT a FROM u) SELECT a FROM x                                 | SELECT | u
        WITH x AS (SELECT a FROM u), y AS (SELECT a FROM x) SELECT a FROM Y         | SELECT | u
        WITH x (a, b) AS NOT MATERIALIZED (SELECT 1, 2 FROM u) SELECT a FROM x      | SELECT | u
        WITH RECURSIVE x AS (SELECT a FROM u UNION ALL SELECT a FROM x) SELECT a FROM x | SELECT | u
        WITH RECURSIVE x AS (SELECT a FROM u UNION ALL SELECT a FROM x) SEARCH DEPTH FIRST BY a SET o SELECT a FROM x | SELECT | u
        WITH x AS (UPDATE t SET a = 1 RETURNING id) SELECT id FROM x                | SELECT | t
        WITH x AS (DELETE FROM t RETURNING a) INSERT INTO h SELECT a FROM x         | INSERT | h
        WITH x AS (SELECT id FROM t) UPDATE t2 SET a = 1 FROM x                     | UPDATE | t2
        WITH x AS (INSERT INTO t VALUES (1)) SELECT 1                               | SELECT | t
        INSERT INTO a SELECT b FROM c                                               | INSERT | a
        INSERT INTO s.a (x, y) VALUES (1, 2) ON CONFLICT (x) DO UPDATE SET y = 3    | INSERT | s.a
        UPDATE a SET x = 1 FROM b WHERE a.id = b.id                                 | UPDATE | a
        UPDATE ONLY a SET x = (SELECT max(y) FROM b)                                | UPDATE | a
        DELETE FROM a USING b WHERE a.id = b.id                                     | DELETE | a
        DELETE FROM ONLY a                                                          | DELETE | a
        MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET x = 1      | UPDATE | a
        COPY a (x, y) FROM STDIN (FORMAT binary)                                    | INSERT | a
        COPY a TO STDOUT                                                            | SELECT | a
        COPY (SELECT x FROM a) TO STDOUT                                            | SELECT | a
        TRUNCATE TABLE ONLY a, b                                                    | DELETE | a
        TABLE a                                                                     | SELECT | a
        VALUES (1), (2)                                                             | SELECT | -
        CREATE TABLE a (b int)                                                      | OTHER  | -
        """)
    void tellsTypeAndTable(String sql, StatementType type, String table) {
        assertThat(Statement.of(sql).type()).isEqualTo(type);
        assertThat(Statement.of(sql).table()).isEqualTo(Optional.ofNullable(table));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
        SELECT a FROM t WHERE b='x''y' AND c=-12.5e3          | SELECT a FROM t WHERE b = ? AND c = ?
        SELECT a - 1 FROM t                                    | SELECT a - ? FROM t
        SELECT a FROM t WHERE b IN (1, 'x', $3, ?)             | SELECT a FROM t WHERE b IN (?)
        SELECT a FROM t WHERE b IN(1,2)                        | SELECT a FROM t WHERE b IN(?)
        INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')         | INSERT INTO t (a, b) VALUES (?)
        SELECT E'it\\'s', U&'d\\0061', X'1F', 0x1F, 1_000      | SELECT ?, ?, ?, ?, ?
        SELECT $1::text, :name::uuid[], a[1:2], count(*)       | SELECT ?::text, :name::uuid[], a[? : ?], count(*)
        SELECT "A B" . "c""d"                                  | SELECT "A B"."c""d"
        SELECT a->>'b', c @> 'd' /* why */ -- because          | SELECT a ->> ?, c @> ?
        SELECT 'never ends                                     | SELECT ?
        SELECT "never ends                                     | SELECT "never ends"
        SELECT $tag$ never ends                                | SELECT ?
        """)
    void keepsNoValues(String sql, String query) {
        assertThat(StatementText.of(sql).query()).isEqualTo(query);
    }

    @Test
    void theSameStatementHasTheSameIdHoweverItIsLaidOut() {
        var one = StatementText.of("select a from t where b=1 and c in (1,2,3)");
        var other = StatementText.of("SELECT a\n  FROM t -- why\n WHERE b = 27 AND c IN (4)");
        assertThat(other.id()).isEqualTo(one.id()).matches("[0-9a-f]{16}");
        assertThat(StatementText.of("SELECT a FROM \"T\"").id()).isNotEqualTo(
                StatementText.of("SELECT a FROM \"t\"").id());
    }

    @Test
    void readsAnyTextToItsEnd() {
        var random = new Random(8);
        var pieces = new String[]{"SELECT", " FROM ", "(", ")", "'", "\"", "$$", "$a$", "/*", "*/", "--", "\n", ",",
                "WITH ", " x ", " AS ", "::", ":a", "?", "1", ".", "e'", "\\", "U&\"", "INSERT INTO ", " JOIN ",
                "UPDATE ", "[", "]", ";", "é", "\uD83D\uDE00"};
        for (int i = 0; i < 20_000; i++) {
            var sql = new StringBuilder();
            for (int j = random.nextInt(30); j > 0; j--) {
                sql.append(pieces[random.nextInt(pieces.length)]);
            }
            var text = StatementText.of(sql.toString());
            assertThat(StatementText.of(text.query()).query()).as(sql.toString()).isEqualTo(text.query());
        }
    }

    @Test
    void deepBracketsAreReadInBoundedSpace() {
        var sql = "SELECT " + "(SELECT ".repeat(5000) + "a FROM t" + ")".repeat(5000);
        assertThat(Statement.of(sql).type()).isEqualTo(StatementType.SELECT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        SELECT a FROM t FOR NO KEY UPDATE SKIP LOCKED                                            |
        SELECT a FROM t FOR UPDATE OF t                                                          |
        INSERT INTO a SELECT b FROM c ON CONFLICT (x) DO UPDATE SET y = 3                        | a
        WITH x AS (DELETE FROM t RETURNING a), y AS (UPDATE ONLY "U u" SET a = 1) SELECT a FROM x | t,U u
        WITH x AS (DELETE FROM t RETURNING a) INSERT INTO s.h SELECT a FROM x                    | t,s.h
        MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET x = 1                   | a
        TRUNCATE TABLE a                                                                         | a
        COPY a (x, y) FROM STDIN (FORMAT binary)                                                 | a
        COPY a TO STDOUT                                                                         |
        """)
    void whatIsWrittenIsFoundWhereverItStands(String sql, @Nullable String tables) {
        assertThat(Statement.of(sql).written())
                .containsExactlyInAnyOrder(tables == null ? new String[0] : tables.split(","));
    }
}
