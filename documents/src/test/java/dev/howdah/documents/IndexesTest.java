package dev.howdah.documents;

import static dev.howdah.documents.Collections.document;
import static dev.howdah.documents.Collections.filter;
import static dev.howdah.documents.Collections.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.query.DeclaredIndex;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.NotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IndexesTest {
    private final Database database = Collections.migrated();
    private final Documents documents = Collections.open(database);
    private final DocumentCollection people = documents.collection("people");

    @BeforeEach
    void create() {
        documents.create("people", CollectionOptions.none());
        people.insert(List.of(document("{'_id': 1, 'mail': 'a@x'}"), document("{'_id': 2, 'mail': 'b@x'}")));
    }

    @AfterEach
    void close() {
        documents.close();
        database.close();
    }

    @Test
    void buildsIndexesAndSaysWhichValueIsThereTwice() {
        var byMail = btree("by_mail", "mail", true);
        people.createIndex(byMail);
        people.createIndex(byMail);
        people.createIndex(new DeclaredIndex("anything", DeclaredIndex.Kind.GIN, List.of(), false));
        assertThat(people.indexes()).hasSize(2).allSatisfy(index -> {
            assertThat(index.state()).isEqualTo(IndexState.State.READY);
            assertThat(index.bytes()).isPositive();
        });
        assertThatThrownBy(() -> people.insert(document("{'_id': 3, 'mail': 'a@x'}")))
                .isInstanceOf(ConflictException.class).hasMessageContaining("by_mail").hasMessageContaining("a@x");
        assertThatThrownBy(() -> people.updateOne(filter("{'_id': 2}"), update("{'$set': {'mail': 'a@x'}}"), false))
                .isInstanceOf(ConflictException.class).hasMessageContaining("by_mail");
        assertThat(people.find(Query.of(filter("{'mail': 'b@x'}")))).hasSize(1);
        assertThatThrownBy(() -> people.createIndex(btree("by_mail", "other", false)))
                .isInstanceOf(ConflictException.class);
        people.dropIndex("by_mail");
        people.insert(document("{'_id': 3, 'mail': 'a@x'}"));
        assertThatThrownBy(() -> people.createIndex(byMail)).isInstanceOf(ConflictException.class);
        assertThat(people.indexes().getLast().state()).isEqualTo(IndexState.State.FAILED);
        people.delete("$number:3", java.util.OptionalLong.empty());
        people.createIndex(byMail);
        assertThat(people.indexes().getLast().state()).as("tried again").isEqualTo(IndexState.State.READY);
        assertThatThrownBy(() -> people.dropIndex("none")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void findsAllAndTheFirstFewOfManyWhetherAnArrayStandsOnTheWayOrNot() {
        for (int from = 0; from < 20_000; from += 1_000) {
            people.insert(IntStream.range(from, from + 1_000).mapToObj(number -> document(
                    "{'_id': 'n" + number + "', 'state': " + (number % 2 == 0 ? "'open'" : "'shut'") + "}")).toList());
        }
        people.insert(document("{'_id': 'array', 'state': ['open', 'odd']}"));
        people.createIndex(btree("by_state", "state", false));
        var open = Query.of(filter("{'state': 'open'}"));
        assertThat(people.find(open)).hasSize(10_001).extracting(Document::id).isSorted().startsWith("array");
        assertThat(people.page(open, Optional.empty(), 3).documents()).extracting(Document::id)
                .containsExactly("array", "n0", "n10");
        assertThat(people.explain(open).plan()).as("nothing is sorted, a page stops early").noneMatch(
                line -> line.contains("Sort  (")).anyMatch(line -> line.contains("Merge Append"));
    }

    @Test
    void buildsAnIndexToTheEndThatWasCutShort() {
        people.declareIndex(btree("by_mail", "mail", false));
        assertThat(people.indexes().getFirst().state()).isEqualTo(IndexState.State.BUILDING);
        database.useTransaction(tx -> { // what a build that is killed leaves behind
            tx.handle().execute("CREATE INDEX documents_1__by_mail ON documents_1 (id)");
            tx.handle().execute("UPDATE pg_index SET indisvalid = false "
                    + "WHERE indexrelid = 'documents_1__by_mail'::regclass");
        });
        documents.upkeep().runOnce();
        assertThat(people.indexes().getFirst().state()).isEqualTo(IndexState.State.READY);
        assertThat(database.<String>withHandle(handle -> handle.createQuery(
                "SELECT pg_get_indexdef('documents_1__by_mail'::regclass)").mapTo(String.class).one()))
                .contains("document_key");
    }

    private static DeclaredIndex btree(String name, String path, boolean unique) {
        return new DeclaredIndex(name, DeclaredIndex.Kind.BTREE, List.of(FieldPath.parse(path)), unique);
    }
}
