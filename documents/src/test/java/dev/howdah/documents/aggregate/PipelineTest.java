package dev.howdah.documents.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.Matcher;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class PipelineTest {
    private static final List<ObjectNode> ORDERS = documents("{_id: 1, who: 'ada', sum: 10, tags: ['a', 'b']}",
            "{_id: 2, who: 'bob', sum: 2.5, tags: []}",
            "{_id: 3, who: 'ada', sum: 20, at: {$date: '2020-02-03T04:05:06.007Z'}}",
            "{_id: 4, who: null, sum: 'x', tags: 'c'}");
    private static final List<ObjectNode> PEOPLE = documents("{_id: 'p1', name: 'ada'}",
            "{_id: 'p2', name: ['bob', 'rob']}", "{_id: 'p3'}");

    @Test
    void groupsAndAccumulates() {
        assertThat(run(
                "[{$group: {_id: '$who', n: {$count: {}}, sum: {$sum: '$sum'}, avg: {$avg: '$sum'}, min: {$min: '$sum'},"
                        + " max: {$max: '$sum'}, first: {$first: '$_id'}, last: {$last: '$_id'}, ids: {$push: '$_id'}, ones: {$sum: 1}}},"
                        + " {$sort: {_id: -1}}]"))
                .containsExactly(
                        "{_id:bob,n:1,sum:2.5,avg:2.5,min:2.5,max:2.5,first:2,last:2,ids:[2],ones:1}",
                        "{_id:ada,n:2,sum:30,avg:15.0,min:10,max:20,first:1,last:3,ids:[1,3],ones:2}",
                        "{_id:null,n:1,sum:0,avg:null,min:x,max:x,first:4,last:4,ids:[4],ones:1}");
        assertThat(run("[{$group: {_id: {w: '$who'}, all: {$addToSet: '$who'}}}, {$match: {'_id.w': 'ada'}}]"))
                .containsExactly("{_id:{w:ada},all:[ada]}");
        assertThat(run("[{$sortByCount: '$who'}, {$limit: 1}]")).containsExactly("{_id:ada,count:2}");
    }

    @Test
    void computesFields() {
        assertThat(run(
                "[{$match: {_id: 3}}, {$project: {_id: 0, double: {$multiply: ['$sum', 2]}, half: {$divide: ['$sum', 2]},"
                        + " less: {$subtract: ['$sum', 0.5]}, more: {$add: ['$sum', 1, 2]}, text: {$concat: [{$toUpper: '$who'}, '!']},"
                        + " big: {$cond: [{$gt: ['$sum', 15]}, 'yes', 'no']}, none: {$ifNull: ['$x', 'none']}, missing: '$x',"
                        + " day: {$dateToString: {date: '$at', format: '%Y-%m-%d %H:%M:%S.%L %j%%'}},"
                        + " later: {$add: ['$at', 1000]}, span: {$subtract: ['$at', '$at']}, nul: {$add: ['$x', 1]}, in: {deep: '$who'}}}]"))
                .containsExactly(
                        "{double:40,half:10.0,less:19.5,more:23,text:ADA!,big:yes,none:none,day:2020-02-03 04:05:06.007 034%,"
                                + "later:{$date:2020-02-03T04:05:07.007Z},span:0,nul:null,in:{deep:ada}}");
        assertThat(run(
                "[{$match: {_id: 1}}, {$addFields: {'tags.n': 1, size: {$size: '$tags'}}}, {$unset: ['who', 'sum']}]"))
                .containsExactly("{_id:1,tags:[{n:1},{n:1}],size:2}");
        assertThat(run("[{$match: {_id: 1}}, {$replaceRoot: {newRoot: {a: '$$ROOT._id', b: {$literal: '$x'}}}}]"))
                .containsExactly("{a:1,b:$x}");
        assertThat(run("[{$match: {_id: 1}}, {$project: {who: 1, _id: 0}}]")).containsExactly("{who:ada}");
    }

    @Test
    void unwinds() {
        assertThat(run("[{$unwind: '$tags'}, {$project: {tags: 1}}]")).containsExactly("{_id:1,tags:a}",
                "{_id:1,tags:b}", "{_id:4,tags:c}");
        assertThat(run(
                "[{$unwind: {path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i'}}, {$project: {tags: 1, i: 1}}]"))
                .containsExactly("{_id:1,tags:a,i:0}", "{_id:1,tags:b,i:1}", "{_id:2,i:null}", "{_id:3,i:null}",
                        "{_id:4,tags:c,i:null}");
    }

    @Test
    void looksUpInBatches() {
        var calls = new AtomicInteger();
        ForeignDocuments foreign = (collection, filter) -> {
            calls.incrementAndGet();
            assertThat(collection).isEqualTo("people");
            return PEOPLE.stream().filter(Matcher.of(filter)::matches);
        };
        var pipeline = pipeline(
                "[{$lookup: {from: 'people', localField: 'who', foreignField: 'name', as: 'p'}}, {$project: {'p._id': 1}}]");
        assertThat(texts(pipeline.run(ORDERS.stream(), foreign, PipelineLimits.DEFAULT))).containsExactly(
                "{_id:1,p:[{_id:p1}]}",
                "{_id:2,p:[{_id:p2}]}", "{_id:3,p:[{_id:p1}]}", "{_id:4,p:[{_id:p3}]}");
        assertThat(calls).hasValue(1);
    }

    @Test
    void facetsAndCounts() {
        assertThat(
                run("[{$facet: {n: [{$count: 'n'}], top: [{$sort: {_id: -1}}, {$limit: 1}, {$project: {_id: 1}}]}}]"))
                .containsExactly("{n:[{n:4}],top:[{_id:4}]}");
        assertThat(run("[{$match: {_id: 99}}, {$count: 'n'}]")).isEmpty();
    }

    @Test
    void handsTheFirstStagesToTheDatabase() {
        var down = pipeline(
                "[{$match: {a: 1}}, {$match: {b: 2}}, {$sort: {a: 1}}, {$skip: 5}, {$limit: 10}, {$limit: 3}, {$skip: 1}, {$count: 'n'}]")
                .pushDown();
        assertThat(down.filter()).isInstanceOf(Filter.And.class);
        assertThat(down.sort()).isPresent();
        assertThat(down.skip()).isEqualTo(5);
        assertThat(down.limit()).hasValue(3);
        assertThat(down.rest().stages()).containsExactly(new Stage.Skip(1), new Stage.Count("n"));
        assertThat(pipeline("[{$group: {_id: null}}, {$match: {}}]").pushDown().rest().stages()).hasSize(2);
    }

    @Test
    void readsNoMoreThanItNeedsAndClosesItsInput() {
        var closed = new AtomicBoolean();
        var read = new AtomicInteger();
        var endless = Stream.generate(() -> ORDERS.get(read.getAndIncrement() % 4)).onClose(() -> closed.set(true));
        try (var result = pipeline("[{$unwind: '$tags'}, {$limit: 2}]").run(endless, (name, filter) -> Stream.empty(),
                PipelineLimits.DEFAULT)) {
            assertThat(result.toList()).hasSize(2);
        }
        assertThat(read.get()).isLessThan(10);
        assertThat(closed).isTrue();
    }

    @Test
    void namesTheStageThatKeepsTooMuch() {
        var limits = new PipelineLimits(10, 10_000);
        for (var stage : List.of("{$sort: {a: 1}}", "{$group: {_id: '$_id'}}",
                "{$group: {_id: null, a: {$push: '$$ROOT'}}}",
                "{$facet: {a: []}}")) {
            assertThatThrownBy(() -> pipeline("[" + stage + "]")
                    .run(Stream.generate(() -> ORDERS.getFirst()).limit(100)
                            .map(d -> d.deepCopy().put("_id", d.hashCode() + System.nanoTime())),
                            (name, filter) -> Stream.empty(), limits)
                    .toList()).as(stage).isInstanceOf(LimitExceededException.class)
                    .hasMessageContaining(stage.substring(1, 5));
        }
    }

    @Test
    void namesWhatIsNotSupported() {
        for (var wrong : List.of("[{$out: 'x'}]", "[{$group: {n: 1}}]", "[{$group: {_id: 1, n: {$median: 1}}}]",
                "[{$limit: 0}]",
                "[{$skip: -1}]", "[{}]", "[5]", "[{$unwind: 'a'}]", "[{$project: {a: {$pow: [1, 2]}}}]",
                "[{$project: {}}]",
                "[{$lookup: {from: 'a', pipeline: []}}]", "[{$facet: {a: [{$facet: {}}]}}]", "[{$count: 'a.b'}]",
                "[{$project: {a: {$subtract: [1]}}}]", "[{$project: {a: '$$NOW'}}]")) {
            assertThatThrownBy(() -> pipeline(wrong)).as(wrong).isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> pipeline("[{$out: 'x'}]")).hasMessageContaining("$out")
                .hasMessageContaining("$sortByCount");
        assertThatThrownBy(() -> run("[{$project: {a: {$add: ['$who', 1]}}}]"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("$project").hasMessageContaining("$add");
        assertThatThrownBy(() -> run("[{$project: {a: {$divide: [1, 0]}}}]")).hasMessageContaining("zero");
    }

    private static List<String> run(String pipeline) {
        return texts(pipeline(pipeline).run(ORDERS.stream(), (name, filter) -> Stream.empty(), PipelineLimits.DEFAULT));
    }

    private static List<String> texts(Stream<ObjectNode> documents) {
        return documents.map(Values::write).map(text -> text.replace("\"", "")).toList();
    }

    private static Pipeline pipeline(String text) {
        return Pipeline.parse((ArrayNode) json(text));
    }

    private static List<ObjectNode> documents(String... texts) {
        var documents = new ArrayList<ObjectNode>();
        for (var text : texts) {
            documents.add(Values.normalise((ObjectNode) json(text), DocumentLimits.DEFAULT).data());
        }
        return documents;
    }

    private static JsonNode json(String text) {
        return Values.parse(text.replaceAll("([{,]\\s*)([$\\w]+):", "$1\"$2\":").replace('\'', '"'));
    }
}
