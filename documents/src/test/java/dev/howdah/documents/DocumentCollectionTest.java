package dev.howdah.documents;

import static dev.howdah.documents.Collections.document;
import static dev.howdah.documents.Collections.filter;
import static dev.howdah.documents.Collections.json;
import static dev.howdah.documents.Collections.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.aggregate.Pipeline;
import dev.howdah.documents.aggregate.PipelineLimits;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.Sort;
import dev.howdah.documents.value.ValueOrder;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class DocumentCollectionTest {
    private final Database database = Collections.migrated();
    private final Documents documents = Collections.open(database);
    private final DocumentCollection people = documents.collection("people");

    @BeforeEach
    void create() {
        assertThat(documents.create("people", CollectionOptions.none())).isTrue();
    }

    @AfterEach
    void close() {
        documents.close();
        database.close();
    }

    @Test
    void saysThatACollectionIsGoneWhichSomebodyElseDropped() {
        people.insert(Collections.document("{'_id': 1}"));
        assertThat(people.find(Query.of(Filter.ALL))).hasSize(1);
        database.withHandle(handle -> handle.execute("DROP TABLE documents_1")); // and nobody told us
        assertThatThrownBy(() -> people.find(Query.of(Filter.ALL))).isInstanceOf(NotFoundException.class)
                .hasMessageContaining("howdah documents create people");
    }

    @Test
    void createsListsAndDropsCollections() {
        assertThat(documents.create("people", new CollectionOptions(Optional.empty(), Optional.of(200)))).isFalse();
        assertThat(documents.state("people").options().documentMax()).contains(200);
        documents.create("Other-1.x", CollectionOptions.none());
        assertThat(documents.list()).extracting(CollectionState::name).containsExactly("Other-1.x", "people");
        documents.drop("people");
        assertThatThrownBy(() -> people.get("1")).isInstanceOf(NotFoundException.class)
                .hasMessageContaining("howdah documents create people");
        assertThatThrownBy(() -> documents.drop("people")).isInstanceOf(NotFoundException.class);
        documents.create("people", CollectionOptions.none());
        assertThat(people.count(Filter.ALL, OptionalLong.empty())).isZero();
        for (var name : List.of("", "a b", "-a", "a'b", "x".repeat(121))) {
            assertThatThrownBy(() -> documents.create(name, CollectionOptions.none()))
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void insertsReadsReplacesAndDeletesByIdAndRevision() {
        var ada = people.insert(document("{'_id': 'ada', 'born': {'$date': '1815-12-10T00:00:00Z'}}"));
        assertThat(ada.rev()).isEqualTo(1);
        assertThat(people.get("ada").orElseThrow()).isEqualTo(ada); // without numbers, whose nodes may differ
        assertThatThrownBy(() -> people.insert(document("{'_id': 'ada'}"))).isInstanceOf(ConflictException.class)
                .hasMessageContaining("\"ada\"");

        var replaced = people.write("ada", update("{'name': 'Ada L.'}"), WriteCondition.atRevision(1)).document();
        assertThat(replaced.rev()).isEqualTo(2);
        assertThatObject(people.get("ada").orElseThrow().value()).usingComparator(ValueOrder.INSTANCE)
                .isEqualTo(json("{'_id': 'ada', 'name': 'Ada L.'}"));
        assertThatThrownBy(() -> people.write("ada", update("{'$set': {'a': 1}}"), WriteCondition.atRevision(1)))
                .isInstanceOfSatisfying(RevisionConflictException.class, e -> assertThat(e.current()).isEqualTo(2));
        assertThatThrownBy(() -> people.delete("ada", OptionalLong.of(1)))
                .isInstanceOf(RevisionConflictException.class);
        assertThat(people.delete("ada", OptionalLong.of(2))).isTrue();
        assertThat(people.delete("ada", OptionalLong.empty())).isFalse();
        assertThatThrownBy(() -> people.write("ada", update("{'a': 1}"), WriteCondition.EXISTS))
                .isInstanceOf(NotFoundException.class);
        assertThat(people.write("ada", update("{'a': 1}"), WriteCondition.ALWAYS).isNew()).isTrue();
        assertThatObject(people.get("ada").orElseThrow().value()).usingComparator(ValueOrder.INSTANCE)
                .isEqualTo(json("{'_id': 'ada', 'a': 1}"));
    }

    @Test
    void keepsMetadataBesideDocuments() {
        var owned = json("{'owner': 'me'}");
        people.insert(new NewDocument(json("{'_id': 'a'}"), owned));
        people.insert(List.of(document("{'_id': 'b'}"), new NewDocument(json("{'_id': 'c'}"), owned)));
        people.insertNew(List.of(document("{'_id': 'd'}"), new NewDocument(json("{'_id': 'e'}"), owned)));
        people.insert(IntStream.range(0, 100)
                .mapToObj(i -> new NewDocument(json("{'_id': 'f" + i + "'}"), i % 2 == 0 ? owned : json("{}")))
                .toList());
        assertThat(List.of("a", "c", "e", "f0")).allSatisfy(id -> assertThat(metadata(id)).isEqualTo(owned));
        assertThat(List.of("b", "d", "f1")).allSatisfy(id -> assertThat(metadata(id)).isEmpty());
        people.setMetadata("b", owned);
        assertThat(metadata("b")).isEqualTo(owned);
        people.setMetadata("b", json("{}"));
        assertThat(metadata("b")).isEmpty();
        database.withHandle(handle -> handle.execute("UPDATE documents SET metadata = '{}' WHERE id = 'd'")); // of old
        assertThat(metadata("d")).isEmpty();
    }

    private ObjectNode metadata(String id) {
        return people.get(id).orElseThrow().metadata();
    }

    @Test
    void saysWhenDocumentsWereUpdated() {
        var inserted = people.insert(document("{'_id': 'ada'}"));
        assertThat(inserted.updatedAt()).isEqualTo(inserted.createdAt());
        assertThat(people.get("ada")).contains(inserted);
        people.write("ada", update("{'$set': {'a': 1}}"), WriteCondition.EXISTS);
        var updated = people.get("ada").orElseThrow();
        assertThat(updated.createdAt()).isEqualTo(inserted.createdAt());
        assertThat(updated.updatedAt()).isAfter(inserted.createdAt());
    }

    @Test
    void insertsManyAllOrNoneOrThoseThatAreNew() {
        var first = people.insert(IntStream.range(0, 500).mapToObj(i -> document("{'_id': " + i + "}")).toList());
        assertThat(first).hasSize(500).extracting(Document::id).contains("$number:7");
        var withDuplicate = List.of(document("{'_id': 'new'}"), document("{'_id': 7}"));
        assertThatThrownBy(() -> people.insert(withDuplicate)).isInstanceOf(ConflictException.class)
                .hasMessageContaining("7");
        assertThatThrownBy(() -> people.insert(List.of(document("{'_id': 'x'}"), document("{'_id': 'x'}"))))
                .isInstanceOf(ConflictException.class).hasMessageContaining("\"x\"");
        assertThat(people.get("new")).isEmpty();
        var result = people.insertNew(withDuplicate);
        assertThat(result.ids()).containsExactly("new");
        assertThat(result.refused()).containsExactly("$number:7");
        assertThat(people.count(Filter.ALL, OptionalLong.empty())).isEqualTo(501);
        assertThat(people.count(Filter.ALL, OptionalLong.of(10))).isEqualTo(10);
        var many = IntStream.range(0, 60).mapToObj(i -> document("{'_id': " + (i + 499) + "}")).toList();
        assertThatThrownBy(() -> people.insert(many)).as("by COPY").isInstanceOf(ConflictException.class)
                .hasMessageContaining("499");
    }

    @Test
    void joinsTheCallersTransaction() {
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            people.insert(tx, document("{'_id': 1}"));
            people.updateMany(tx, Filter.ALL, update("{'$set': {'a': 1}}"));
            assertThat(people.findAndModify(tx, FindAndModify.delete(Filter.ALL))).isPresent();
            throw new IllegalStateException("not this time");
        })).isInstanceOf(IllegalStateException.class);
        assertThat(people.find(Query.of(Filter.ALL))).isEmpty();
    }

    @Test
    void findsInPagesThatNeitherLoseNorRepeat() {
        people.insert(IntStream.range(0, 95).mapToObj(i -> document("{'n': " + i % 10 + ", 'i': " + i + "}")).toList());
        for (var query : List.of(Query.of(Filter.ALL), Query.of(Filter.ALL).sortedBy(Sort.parse(json("{'n': -1}"))),
                Query.of(filter("{'n': {'$gte': 5}}")).skipping(5).limitedTo(30))) {
            var ids = new ArrayList<String>();
            Optional<String> cursor = Optional.empty();
            do {
                var page = people.page(query, cursor, 10);
                page.documents().forEach(document -> ids.add(document.id()));
                cursor = page.next();
            } while (cursor.isPresent());
            assertThat(ids).doesNotHaveDuplicates()
                    .isEqualTo(people.find(query).stream().map(Document::id).toList());
        }
        assertThatThrownBy(() -> people.page(Query.of(Filter.ALL), Optional.of("nonsense"), 10))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("cursor");
        assertThatThrownBy(() -> people.page(Query.of(Filter.ALL), Optional.empty(), 1001))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void updatesOneAndManyAndInsertsWhatIsMissing() {
        people.insert(List.of(document("{'_id': 1, 'n': 1}"), document("{'_id': 2, 'n': 2}"), document("{'_id': 3}")));
        assertThat(
                people.updateMany(filter("{'n': {'$gt': 0}}"), update("{'$inc': {'n': 10}, '$set': {'seen': true}}")))
                .isEqualTo(new UpdateResult(2, 2, Optional.empty()));
        assertThat(people.updateMany(Filter.ALL, update("{'$set': {'seen': true}}")))
                .isEqualTo(new UpdateResult(3, 1, Optional.empty()));
        assertThat(people.get("$number:2").orElseThrow().rev()).as("unchanged ones keep theirs").isEqualTo(2);
        assertThat(people.updateOne(filter("{'_id': 9, 'kind': 'new', 'n': {'$gt': 5}}"),
                update("{'$set': {'a.b': 1}, '$setOnInsert': {'c': 2}}"), true).upsertedId()).contains("$number:9");
        assertThatObject(people.get("$number:9").orElseThrow().value())
                .usingComparator(ValueOrder.INSTANCE)
                .isEqualTo(json("{'_id': 9, 'kind': 'new', 'a': {'b': 1}, 'c': 2}"));
        assertThat(people.updateOne(filter("{'x': 1}"), update("{'$set': {'a': 1}}"), false))
                .isEqualTo(UpdateResult.NONE);
        assertThatThrownBy(() -> people.updateMany(Filter.ALL, update("{'a': 1}")))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("$set");
        assertThatThrownBy(() -> people.updateMany(Filter.ALL, update("{'$inc': {'seen': 1}}")))
                .isInstanceOf(ConflictException.class).hasMessageContaining("$inc");
        assertThat(people.deleteMany(filter("{'seen': true}"))).isEqualTo(3);
        assertThat(people.deleteOne(Filter.ALL)).isTrue();
        assertThat(people.deleteOne(Filter.ALL)).isFalse();
    }

    @Test
    void findsAndModifiesInOneStep() {
        people.insert(List.of(document("{'_id': 1, 'n': 1}"), document("{'_id': 2, 'n': 2}")));
        var highest = FindAndModify.update(Filter.ALL, update("{'$inc': {'n': 5}}"))
                .sortedBy(Sort.parse(json("{'n': -1}")));
        assertThatObject(people.findAndModify(highest).orElseThrow().value()).usingComparator(ValueOrder.INSTANCE)
                .isEqualTo(json("{'_id': 2, 'n': 2}"));
        assertThatObject(people.findAndModify(highest.returningAfter()).orElseThrow().value())
                .usingComparator(ValueOrder.INSTANCE).isEqualTo(json("{'_id': 2, 'n': 12}"));
        assertThatObject(people.findAndModify(FindAndModify.update(filter("{'_id': 3}"), update("{'$set': {'a': 1}}"))
                .orInsert().returningAfter()).orElseThrow().value()).usingComparator(ValueOrder.INSTANCE)
                .isEqualTo(json("{'_id': 3, 'a': 1}"));
        assertThat(people.findAndModify(FindAndModify.delete(filter("{'_id': 1}")))).isPresent();
        assertThat(people.count(Filter.ALL, OptionalLong.empty())).isEqualTo(2);
    }

    @Test
    void losesNoIncrementOfManyThreads() {
        people.insert(document("{'_id': 'counter', 'n': 0}"));
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 200; i++) {
                threads.execute(
                        () -> people.updateOne(filter("{'_id': 'counter'}"), update("{'$inc': {'n': 1}}"), false));
                threads.execute(() -> people.updateOne(filter("{'_id': 'made'}"), update("{'$inc': {'n': 1}}"), true));
                threads.execute(() -> people.insert(document("{'n': 1}")));
            }
        }
        assertThat(people.get("counter").orElseThrow().value().path("n").asInt()).isEqualTo(200);
        assertThat(people.get("made").orElseThrow().value().path("n").asInt()).isEqualTo(200);
        assertThat(people.count(Filter.ALL, OptionalLong.empty())).isEqualTo(202);
    }

    @Test
    void runsMixedOperationsTogether() {
        var operations = List.<BulkOperation>of(new BulkOperation.Insert(document("{'_id': 1}")),
                new BulkOperation.Insert(document("{'_id': 2}")), new BulkOperation.Insert(document("{'_id': 1}")),
                new BulkOperation.Change(filter("{'_id': 2}"), update("{'$set': {'a': 1}}"), false, false),
                new BulkOperation.Delete(Filter.ALL, true));
        var ordered = people.bulk(operations, true).outcomes();
        assertThat(ordered).hasSize(3);
        assertThat(ordered.get(2).failure().orElseThrow()).isInstanceOf(ConflictException.class);
        assertThat(people.count(Filter.ALL, OptionalLong.empty())).isEqualTo(2);
        documents.create("other", CollectionOptions.none());
        var unordered = documents.collection("other").bulk(operations, false).outcomes();
        assertThat(unordered).hasSize(5);
        assertThat(unordered.get(3).modified()).isEqualTo(1);
        assertThat(unordered.get(4).deleted()).isEqualTo(2);
    }

    @Test
    void listsDifferentValues() {
        people.insert(
                List.of(document("{'a': {'b': 2}}"), document("{'a': [{'b': [1, 'x']}, {'b': 2.0}]}"), document("{}")));
        assertThat(people.distinct(FieldPath.parse("a.b"), Filter.ALL)).extracting(JsonNode::asString)
                .containsExactly("1", "2", "x");
    }

    @Test
    void aggregatesAlsoOverOtherCollections() {
        documents.create("cities", CollectionOptions.none());
        documents.collection("cities").insert(document("{'_id': 'B', 'name': 'Berlin'}"));
        people.insert(List.of(document("{'city': 'B', 'n': 1}"), document("{'city': 'B', 'n': 2}"),
                document("{'city': 'C', 'n': 4}")));
        var results = new ArrayList<JsonNode>();
        var pipeline = Pipeline.parse((ArrayNode) Values.parse("""
            [{"$match": {"n": {"$gt": 0}}}, {"$group": {"_id": "$city", "sum": {"$sum": "$n"}}}, {"$sort": {"_id": 1}},
             {"$lookup": {"from": "cities", "localField": "_id", "foreignField": "_id", "as": "city"}}]
            """));
        assertThat(people.aggregate(pipeline, PipelineLimits.DEFAULT, results::add)).isEqualTo(2);
        assertThat(results.getFirst().path("sum").asInt()).isEqualTo(3);
        assertThat(results.getFirst().path("city").get(0).path("name").asString()).isEqualTo("Berlin");
        assertThat(results.getLast().path("city")).isEmpty();
    }

    @Test
    void refusesWhatCannotBeStored() {
        assertThatThrownBy(() -> people.insert(NewDocument.of(json("{}").put("a", "nul \0"))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("/a");
        assertThatThrownBy(() -> people.insert(NewDocument.of(json("{}").put("a", "x".repeat(20 << 20)))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("bytes");
        var deep = json("{}");
        var at = deep;
        for (int i = 0; i < 200; i++) {
            at = at.putObject("a");
        }
        assertThatThrownBy(() -> people.insert(NewDocument.of(deep))).isInstanceOf(InvalidInputException.class);
        assertThat(people.estimate()).isZero();
    }
}
