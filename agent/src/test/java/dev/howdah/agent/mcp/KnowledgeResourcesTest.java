package dev.howdah.agent.mcp;

import static dev.howdah.agent.mcp.Requests.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.agent.mcp.McpChanges.Change;
import dev.howdah.knowledge.Decision;
import dev.howdah.knowledge.EntryReader;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.Pattern;
import dev.howdah.knowledge.Repository;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KnowledgeResourcesTest {
    private static final String SHOP = "howdah://knowledge/repositories/acme/shop";

    private final Database database = TestDatabase.create();
    private final Knowledge knowledge = Knowledge.of(database);
    private final KnowledgeResources resources = new KnowledgeResources(database, knowledge);

    @BeforeEach
    void migrate() {
        new Migrator(database, Migrations.ofModules("queue", "knowledge", "agent")).up();
    }

    private List<String> all(int limit) {
        var uris = new ArrayList<String>();
        var part = resources.list(Optional.empty(), limit);
        part.items().forEach(item -> uris.add(item.path("uri").asString()));
        while (part.next().isPresent()) {
            part = resources.list(part.next(), limit);
            part.items().forEach(item -> uris.add(item.path("uri").asString()));
        }
        return uris;
    }

    private String pattern(String repository, String name) {
        return "howdah://knowledge/patterns/" + knowledge.patterns().put(repository, List.of(new Pattern(name,
                "Try again", "", List.of(), json("{}")))).ids().getFirst();
    }

    @Test
    void nothingIsListedWhereNothingIsKnown() {
        assertThat(all(2)).isEmpty();
        assertThat(resources.read(SHOP)).isEmpty();
    }

    @Test
    void everyKindIsListedPageByPageAndRead() {
        for (int i = 0; i < 5; i++) {
            knowledge.repositories().put(Repository.of("acme/repo" + i));
        }
        var retry = pattern("acme/shop", "retry");
        knowledge.decisions().put("acme/shop", List.of(new Decision("Use PostgreSQL", "One database", List.of(),
                json("{}"))));
        knowledge.lessons().put("acme/shop", List.of(EntryReader.lesson(json("{'category': 'cost', 'title': 'Idle', "
                + "'lesson': 'Idle servers cost'}"))));
        var uris = all(2);
        assertThat(uris).hasSize(9).doesNotHaveDuplicates().contains(SHOP, retry)
                .isEqualTo(all(500));
        for (var uri : uris) {
            var content = resources.read(uri).orElseThrow();
            assertThat(content.path("uri").asString()).isEqualTo(uri);
            assertThat(Requests.JSON.readTree(content.path("text").asString()).isObject()).isTrue();
        }
        assertThat(resources.read(retry).orElseThrow().path("text").asString()).contains("Try again");
    }

    @Test
    void addressesThatLeadNowhereAreNoErrors() {
        for (var uri : List.of("", "howdah://knowledge/", "howdah://knowledge/patterns", "howdah://knowledge/patterns/",
                "howdah://knowledge/patterns/x", "howdah://knowledge/patterns/99999999999999999999",
                "howdah://knowledge/lessons/1", "howdah://knowledge/secrets/1", "file:///etc/passwd",
                "howdah://knowledge/repositories/acme")) {
            assertThat(resources.read(uri)).as(uri).isEmpty();
            assertThat(resources.versions(List.of(uri))).as(uri).isEmpty();
        }
    }

    @Test
    void whoeverWatchesAnEntryIsToldWhenItChangesWhoeverChangesIt() throws Exception {
        var retry = pattern("acme/shop", "retry");
        var other = pattern("acme/shop", "cache");
        assertThat(resources.versions(List.of(retry, other, SHOP))).containsOnlyKeys(retry, other, SHOP);
        try (var changes = new McpChanges(new McpFeatures(List::of, List::of, List.of(resources)),
                ids -> Map.of())) {
            var listener = changes.listen(Set.of(McpChanges.Kind.RESOURCES), List.of(retry), List.of());
            knowledge.patterns().put("acme/shop", List.of(new Pattern("retry", "Try again, later", "", List.of(),
                    json("{}"))));
            assertThat(listener.next()).contains(new Change("notifications/resources/updated", Optional.of(retry)));
            pattern("acme/shop", "queue");
            assertThat(listener.next()).contains(new Change("notifications/resources/list_changed", Optional.empty()));
            listener.close();
            assertThat(listener.next()).isEmpty();
        }
    }

    @Test
    void suggestsRepositories() {
        for (var name : List.of("acme/shop", "acme/ship", "zeta/one")) {
            knowledge.repositories().put(Repository.of(name));
        }
        var template = "howdah://knowledge/repositories/{owner}/{name}";
        assertThat(resources.complete(template, "owner", "", Map.of(), 10)).contains(List.of("acme", "zeta"));
        assertThat(resources.complete(template, "name", "sh", Map.of("owner", "acme"), 10))
                .contains(List.of("ship", "shop"));
        assertThat(resources.complete(template, "name", "sh", Map.of("owner", "acme"), 1)).contains(List.of("ship"));
        assertThat(resources.complete(template, "else", "", Map.of(), 10)).contains(List.of());
        assertThat(resources.complete("file:///{path}", "path", "", Map.of(), 10)).isEmpty();
        assertThat(new KnowledgePrompts(knowledge).all().get(1).completion().values("repository", "z", 5))
                .containsExactly("zeta/one");
    }
}
