package dev.howdah.documents.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What MongoDB documents about its operators; {@link FilterAgreementTest} holds the database to the same. */
class FilterTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // null and missing
            "{a: null}                      | {}                             | true",
            "{a: null}                      | {a: null}                      | true",
            "{a: null}                      | {a: 0}                         | false",
            "{a: null}                      | {a: [1, null]}                 | true",
            "{a: null}                      | {a: []}                        | false",
            "{'a.b': null}                  | {a: 5}                         | true",
            "{'a.b': null}                  | {a: [1, 2]}                    | false",
            "{'a.b': null}                  | {a: [{b: 1}, {}]}              | true",
            "{'a.b': null}                  | {a: []}                        | false",
            "{a: {$ne: null}}               | {}                             | false",
            "{a: {$exists: true}}           | {a: null}                      | true",
            "{a: {$exists: false}}          | {a: null}                      | false",
            "{'a.b': {$exists: false}}      | {a: [{b: 1}, {}]}              | false",
            "{a: {$gte: null}}              | {}                             | true",
            "{a: {$gt: null}}               | {a: 1}                         | false",
            // arrays: any element
            "{a: 2}                         | {a: [1, 2]}                    | true",
            "{a: {$ne: 2}}                  | {a: [1, 2]}                    | false",
            "{a: {$gt: 4, $lt: 2}}          | {a: [1, 5]}                    | true",
            "{a: {$elemMatch: {$gt: 4, $lt: 2}}} | {a: [1, 5]}               | false",
            "{a: {$elemMatch: {$gt: 4}}}    | {a: [1, 5]}                    | true",
            "{a: {$elemMatch: {$gt: 4}}}    | {a: 5}                         | false",
            "{a: [1, 2]}                    | {a: [1, 2]}                    | true",
            "{a: [1, 2]}                    | {a: [2, 1]}                    | false",
            "{a: [1, 2]}                    | {a: [[1, 2], 3]}               | true",
            "{a: 1}                         | {a: [[1]]}                     | false",
            "{a: [1]}                       | {a: [[1]]}                     | true",
            "{a: []}                        | {a: []}                        | true",
            "{a: {$not: {$gt: 3}}}          | {a: [1, 5]}                    | false",
            "{a: {$not: {$gt: 3}}}          | {}                             | true",
            "{a: {$nin: [1, 2]}}            | {a: [2, 3]}                    | false",
            "{a: {$all: [1, 2]}}            | {a: [2, 3, 1]}                 | true",
            "{a: {$all: [1]}}               | {a: 1}                         | true",
            "{a: {$all: []}}                | {a: []}                        | false",
            "{a: {$all: [{$elemMatch: {b: 1}}, {$elemMatch: {c: 2}}]}} | {a: [{b: 1}, {c: 2}]} | true",
            "{a: {$size: 0}}                | {a: []}                        | true",
            "{a: {$size: 1}}                | {a: [[1, 2]]}                  | true",
            "{a: {$size: 2}}                | {a: [[1, 2]]}                  | false",
            // paths
            "{'a.b': 1}                     | {a: [{b: 0}, {b: 1}]}          | true",
            "{'a.b': 1}                     | {a: [[{b: 1}]]}                | false",
            "{'a.0': 1}                     | {a: [1, 2]}                    | true",
            "{'a.1': 1}                     | {a: [1, 2]}                    | false",
            "{'a.0': 1}                     | {a: {'0': 1}}                  | true",
            "{'a.0': 1}                     | {a: [[1]]}                     | false",
            "{'a.0.0': 1}                   | {a: [[1]]}                     | true",
            "{'a.0.b': 1}                   | {a: [{b: 1}]}                  | true",
            "{'a.1.b': {$exists: true}}     | {a: [{b: 1}]}                  | false",
            "{a: {$elemMatch: {b: 1, c: 2}}} | {a: [{b: 1}, {c: 2}]}         | false",
            "{'a.b': 1, 'a.c': 2}           | {a: [{b: 1}, {c: 2}]}          | true",
            // types
            "{a: 1}                         | {a: 1.0}                       | true",
            "{a: {$numberLong: '1'}}        | {a: 1}                         | true",
            "{a: {$gt: 5}}                  | {a: '6'}                       | false",
            "{a: {$lt: 5}}                  | {a: null}                      | false",
            "{a: {$gt: 5}}                  | {a: {$numberDouble: 'Infinity'}} | true",
            "{a: {$lt: 5}}                  | {a: {$numberDouble: 'NaN'}}    | false",
            "{a: {$numberDouble: 'NaN'}}    | {a: {$numberDouble: 'NaN'}}    | true",
            "{a: {$gt: {$date: '2020-01-01T01:00:00+01:00'}}} | {a: {$date: '2020-01-01T00:00:00.001Z'}} | true",
            "{a: {$type: 'number'}}         | {a: ['x', 1]}                  | true",
            "{a: {$type: 'array'}}          | {a: []}                        | true",
            "{a: {$type: [2, 'bool']}}      | {a: 'x'}                       | true",
            "{a: {$type: 'object'}}         | {a: {$date: '2020-01-01T00:00:00Z'}} | false",
            "{a: {b: 1, c: 2}}              | {a: {c: 2, b: 1}}              | true",
            "{a: {b: 1}}                    | {a: {b: 1, c: 2}}              | false",
            "{a: {}}                        | {a: {}}                        | true",
            // text, numbers
            "{a: {$regex: '^ab', $options: 'i'}} | {a: ['x', 'ABC']}         | true",
            "{a: {$regularExpression: {pattern: 'b$', options: ''}}} | {a: 'ab'} | true",
            "{a: {$in: [{$regularExpression: {pattern: '^a', options: ''}}, 5]}} | {a: 'ab'} | true",
            "{a: {$not: {$regex: 'b'}}}     | {a: 5}                         | true",
            "{a: {$mod: [4, 1]}}            | {a: 5.9}                       | true",
            "{a: {$mod: [4, -1]}}           | {a: -5}                        | true",
            // logic
            "{$or: [{a: 1}, {b: 2}]}        | {b: 2}                         | true",
            "{$nor: [{a: 1}, {b: 2}]}       | {b: 2}                         | false",
            "{$and: [{a: 1}, {a: 2}]}       | {a: [1, 2]}                    | true",
            "{}                             | {}                             | true",
            "{$comment: 'x'}                | {}                             | true",
            "{$expr: {$gt: ['$a', '$b']}}   | {a: 2, b: 1}                   | true",
            "{$expr: {$gt: ['$a', '$b']}}   | {a: 'x', b: 1}                 | true",
            "{$expr: {$eq: ['$a', null]}}   | {}                             | false",
            "{$expr: {$eq: ['$a.b', [1, 2]]}} | {a: [{b: 1}, {b: 2}]}        | true"})
    void matchesAsMongoDoes(String filter, String document, boolean expected) {
        var data = Values.normalise(SortTest.json(document), DocumentLimits.DEFAULT).data();
        assertThat(Matcher.of(Filter.parse(SortTest.json(filter))).matches(data)).as(filter + " on " + document)
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{$where: 'x'}", "{a: {$near: 1}}", "{a: {$gt: [1]}}", "{a: {$gt: {b: 1}}}",
            "{a: {$in: 5}}", "{$or: []}",
            "{$or: [5]}", "{a: {$size: -1}}", "{a: {$size: 1.5}}", "{a: {$mod: [0, 1]}}", "{a: {$type: 'int'}}",
            "{a: {$type: 'x'}}",
            "{a: {$not: 5}}", "{a: {$not: {}}}", "{a: {$elemMatch: 5}}", "{a: {$options: 'i'}}",
            "{a: {$regex: '(?<=a)b'}}",
            "{a: {$regex: '(a'}}", "{a: {$regex: 'a', $options: 'x'}}", "{a: {$regex: 'a++'}}", "{a: {$regex: '*a'}}",
            "{a: {$regex: '[a'}}", "{a: {$regex: 'a{1,300}'}}", "{a: {b: {$date: 'x'}}}", "{'a..b': 1}", "{'': 1}",
            "{'a.$x': 1}",
            "{$expr: {$pow: [1, 2]}}", "{$expr: 5}", "{a: {$elemMatch: {$expr: {$eq: [1, 1]}, b: 1}}}",
            "{a: {$oid: 'x'}}",
            "{a: {$gt: 1, b: 2}}"})
    void refusesWhatItCannotDo(String filter) {
        assertThatThrownBy(() -> Filter.parse(SortTest.json(filter))).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void namesTheOperatorAndThoseThatAreSupported() {
        assertThatThrownBy(() -> Filter.parse(SortTest.json("{a: {$near: 1}}"))).hasMessageContaining("a: ")
                .hasMessageContaining("$near").hasMessageContaining("$elemMatch");
    }

    @Test
    void limitsDepthClausesListsAndPatterns() {
        var limits = new FilterLimits(3, 4, 5, 6);
        Filter.parse(
                SortTest.json(
                        "{$and: [{$or: [{a: 1}, {a: 2}]}, {b: {$in: [1, 2, 3, 4, 5]}}, {c: {$regex: 'abcdef'}}]}"),
                limits);
        for (var wrong : new String[]{"{$and: [{$and: [{$and: [{a: 1}]}]}]}", "{a: 1, b: 1, c: 1, d: 1, e: 1}",
                "{a: {$in: [1, 2, 3, 4, 5, 6]}}", "{a: {$regex: 'abcdefg'}}"}) {
            assertThatThrownBy(() -> Filter.parse(SortTest.json(wrong), limits)).as(wrong)
                    .isInstanceOf(InvalidInputException.class);
        }
        var large = IntStream.range(0, 1001).mapToObj(Integer::toString).collect(Collectors.joining(","));
        assertThatThrownBy(() -> Filter.parse(SortTest.json("{a: {$in: [" + large + "]}}")))
                .hasMessageContaining("1001 values");
    }

    @Test
    void givesUpPatternsThatNeverEnd() {
        var matcher = Matcher.of(Filter.parse(SortTest.json("{a: {$regex: '^a*a*a*a*a*a*a*b'}}")));
        var document = JsonNodeFactory.instance.objectNode().put("a", "a".repeat(300));
        assertThatThrownBy(() -> matcher.matches(document)).isInstanceOf(LimitExceededException.class)
                .hasMessageContaining("a*a*");
    }

    @Test
    void tellsWhichElementMatched() {
        assertThat(position("{'a.b': 2}", "{a: [{b: 1}, {b: 2}]}")).isEqualTo(1);
        assertThat(position("{a: {$gte: 5}}", "{a: [1, 2, 7]}")).isEqualTo(2);
        assertThat(position("{a: {$elemMatch: {b: 2, c: 1}}}", "{a: [{b: 2}, {b: 2, c: 1}]}")).isEqualTo(1);
        assertThat(position("{a: 1}", "{a: 1}")).isEqualTo(-1);
    }

    @Test
    void testsSingleValuesForPull() {
        var condition = Matcher.of(Filter.parseCondition(SortTest.json("{$gte: 5}"), FilterLimits.DEFAULT));
        assertThat(condition.matchesValue(JsonNodeFactory.instance.numberNode(6))).isTrue();
        assertThat(condition.matchesValue(JsonNodeFactory.instance.numberNode(4))).isFalse();
        var fields = Matcher.of(Filter.parseCondition(SortTest.json("{b: {$gte: 5}}"), FilterLimits.DEFAULT));
        assertThat(fields.matchesValue(SortTest.json("{b: 7}"))).isTrue();
        assertThat(fields.matchesValue(JsonNodeFactory.instance.numberNode(6))).isFalse();
    }

    @Test
    void projects() {
        assertThat(projected("{b: 1}")).isEqualTo("{_id:1,b:{c:1,d:2}}");
        assertThat(projected("{'b.c': 1, _id: 0}")).isEqualTo("{b:{c:1}}");
        assertThat(projected("{a: 0, b: 0, n: 0}")).isEqualTo("{_id:1}");
        assertThat(projected("{'n.x': 1}")).isEqualTo("{_id:1,n:[{x:1},{}]}");
        assertThat(projected("{'n.x': 0, a: 0, b: 0}")).isEqualTo("{_id:1,n:[{y:2},{y:3},5]}");
        assertThat(projected("{a: {$slice: -2}, b: 0, n: 0}")).isEqualTo("{_id:1,a:[8,9]}");
        assertThat(projected("{a: {$slice: [1, 1]}, b: 0, n: 0}")).isEqualTo("{_id:1,a:[8]}");
        assertThat(projected("{n: {$elemMatch: {y: 3}}}")).isEqualTo("{_id:1,n:[{y:3}]}");
        assertThat(projected("{'a.$': 1}")).isEqualTo("{_id:1,a:[8]}");
        assertThat(projected("{_id: 1}")).isEqualTo("{_id:1}");
        for (var wrong : new String[]{"{a: 1, b: 0}", "{a: 'x'}", "{a: {$add: 1}}", "{a: 1, 'a.b': 1}",
                "{a: {$slice: [1, 0]}}"}) {
            assertThatThrownBy(() -> Projection.parse(SortTest.json(wrong))).as(wrong)
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    private static String projected(String projection) {
        ObjectNode data = SortTest.json("{_id: 1, a: [7, 8, 9], b: {c: 1, d: 2}, n: [{x: 1, y: 2}, {y: 3}, 5]}");
        var matcher = Matcher.of(Filter.parse(SortTest.json("{a: 8}")));
        return Values.write(Projection.parse(SortTest.json(projection)).apply(data, matcher)).replace("\"", "");
    }

    private static int position(String filter, String document) {
        return Matcher.of(Filter.parse(SortTest.json(filter))).position(SortTest.json(document)).orElse(-1);
    }
}
