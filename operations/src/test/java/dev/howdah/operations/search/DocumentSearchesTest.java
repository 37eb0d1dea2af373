package dev.howdah.operations.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.documents.CollectionOptions;
import dev.howdah.documents.DocumentCollection;
import dev.howdah.documents.DocumentSettings;
import dev.howdah.documents.Documents;
import dev.howdah.documents.NewDocument;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.knowledge.search.KnowledgeSearch;
import dev.howdah.knowledge.search.SearchSettings;
import dev.howdah.knowledge.vector.ExactIndex;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class DocumentSearchesTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Database database;
    private Documents documents;
    private DocumentCollection articles;
    private DocumentSearches searches;

    @BeforeEach
    void open() {
        database = TestDatabase.create();
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "documents", "operations")).up();
        documents = new Documents(database, DocumentSettings.defaults());
        documents.create("articles", CollectionOptions.none());
        articles = documents.collection("articles");
        searches = another();
    }

    @AfterEach
    void close() {
        searches.close();
        documents.close();
        database.close();
    }

    private DocumentSearches another() {
        var knowledge = new KnowledgeSearch(database, new PostgresTaskQueue(database, QueueSettings.defaults()),
                new ExactIndex(database, 64 << 20), Optional.empty(), SearchSettings.defaults());
        return new DocumentSearches(database, documents, knowledge);
    }

    private static SearchDefinition definition() {
        return new SearchDefinition("articles", Optional.of(FieldPath.parse("title")),
                List.of(FieldPath.parse("body"), FieldPath.parse("comments.text")), "english");
    }

    private static NewDocument article(String id, String title, String body, String comment) {
        var article = JSON.createObjectNode().put("_id", id).put("title", title).put("body", body);
        article.putArray("comments").addObject().put("text", comment);
        return NewDocument.of(article);
    }

    private List<String> found(String question) {
        return searches.search("articles", question, Optional.empty(), Optional.empty(), 10).stream()
                .map(each -> each.document().id()).toList();
    }

    private static Filter filter(ObjectNode json) {
        return Filter.parse(json);
    }

    @Test
    void whatWasThereAndWhatIsWrittenIsFound() {
        articles.insert(IntStream.range(0, 450)
                .mapToObj(i -> article("old-" + i, "Number " + i, "an elephant carries", "word" + i)).toList());
        searches.define(definition());
        articles.insert(article("new", "Carriage", "a howdah stands on its back", "fine"));
        searches.followAll();
        assertThat(searches.state("articles").isComplete()).isTrue();
        assertThat(found("howdah")).containsExactly("new");
        assertThat(found("word449")).containsExactly("old-449");
        assertThat(found("Carriage")).containsExactly("new");

        articles.delete("new", OptionalLong.empty());
        articles.insert(article("later", "Later", "another howdah", "none"));
        searches.followAll();
        assertThat(found("howdah")).containsExactly("later");
    }

    @Test
    void aFilterDoesNotMakeTheAnswerShort() {
        articles.insert(IntStream.range(0, 400)
                .mapToObj(i -> article("id-" + i, "elephant " + (i % 40 == 0 ? "rare" : "often"), "elephant", "x"))
                .toList());
        searches.define(definition());
        searches.followAll();
        var rare = filter(JSON.createObjectNode().put("title", "elephant rare"));
        assertThat(searches.search("articles", "elephant", Optional.empty(), Optional.of(rare), 10)).hasSize(10)
                .allSatisfy(found -> assertThat(found.document().value().path("title").asString()).endsWith("rare"));
    }

    @Test
    void twoThatFollowTakeEachChangeOnce() {
        searches.define(definition());
        try (var other = another()) {
            searches.start();
            other.start();
            for (int i = 0; i < 100; i++) {
                articles.insert(article("a-" + i, "t", "elephant number" + i, "c"));
            }
            await().untilAsserted(() -> assertThat(found("number99")).containsExactly("a-99"));
            assertThat(searches.search("articles", "elephant", Optional.empty(), Optional.empty(), 200)).hasSize(100);
        }
    }

    @Test
    void whatCannotBeSearchedIsSaid() {
        assertThatThrownBy(() -> searches.search("articles", "x", Optional.empty(), Optional.empty(), 1))
                .isInstanceOf(NotFoundException.class).hasMessageContaining("not searched");
        assertThatThrownBy(() -> searches.define(new SearchDefinition("nothing", Optional.empty(),
                List.of(FieldPath.parse("a")), "english"))).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> new SearchDefinition("Articles", Optional.empty(), List.of(), "english"))
                .isInstanceOf(InvalidInputException.class);
        searches.define(definition());
        assertThat(searches.remove("articles")).isTrue();
        assertThat(searches.list()).isEmpty();
    }
}
