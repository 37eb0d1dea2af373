package dev.howdah.knowledge;

import static dev.howdah.knowledge.KnowledgeDatabase.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import java.lang.reflect.Modifier;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class KnowledgeTest {
    private final Database database = KnowledgeDatabase.create();
    private final Recording sink = new Recording();
    private final Knowledge knowledge = Knowledge.of(database, sink);

    @Test
    void findsARepositoryByTheKeywordsThatWereJustStored() {
        knowledge.repositories().put(new Repository("acme/shop", "retail", "Java", "", Optional.empty(), "",
                List.of("Orders", "HTTP"), Json.object()));
        knowledge.patterns().put("acme/shop", List.of(EntryReader.pattern(json(
                "{'name': 'Retry with backoff', 'keywords': ['Retry', 'http']}"))));
        knowledge.patterns().put("acme/api", List.of(EntryReader.pattern(json("{'name': 'retry with backoff'}"))));

        var found = knowledge.patterns().byKeywords(List.of("HTTP", "retry", "absent"), 1);
        assertThat(found.total()).isEqualTo(1);
        var match = found.best().getFirst();
        assertThat(match.repository()).isEqualTo("acme/shop");
        assertThat(match.matchCount()).isEqualTo(2);
        assertThat(match.matched()).containsExactly("http", "retry");
        assertThat(match.all()).containsExactly("http", "orders", "retry");
        assertThat(match.others()).containsExactly("Retry with backoff");
        assertThat(knowledge.patterns().byKeywords(List.of("http"), 2).best()).isEmpty();

        assertThat(knowledge.patterns().byNames(List.of("RETRY WITH BACKOFF"), 1).best())
                .extracting(Patterns.Match::repository).containsExactly("acme/api", "acme/shop");
        assertThat(knowledge.patterns().across(2, "BACK")).singleElement()
                .satisfies(shared -> assertThat(shared.repositories()).containsExactly("acme/api", "acme/shop"));
        assertThat(knowledge.patterns().across(3, "")).isEmpty();
    }

    @Test
    void whatIsWrittenTwiceIsThereOnceAndAnEmptyFieldReplacesNothing() {
        var full = EntryReader.pattern(json("{'name': 'Outbox', 'description': 'D', 'extra': {'a': 1}}"));
        var bare = EntryReader.pattern(json("'Outbox'"));
        var first = knowledge.patterns().put("acme/shop", List.of(full, bare));
        assertThat(first).extracting(Change::added, Change::updated, Change::unchanged).containsExactly(1, 0, 0);
        var second = knowledge.patterns().put("acme/shop", List.of(full));
        assertThat(second).extracting(Change::added, Change::updated, Change::unchanged).containsExactly(0, 1, 0);
        var third = knowledge.patterns().put("acme/shop", List.of(bare));
        assertThat(third).extracting(Change::added, Change::updated, Change::unchanged).containsExactly(0, 0, 1);
        assertThat(third.ids()).isEqualTo(first.ids());
        var stored = knowledge.patterns().find(first.ids().getFirst()).orElseThrow();
        assertThat(stored.value().description()).isEqualTo("D");
        assertThat(stored.toJson().at("/details/extra/a").asInt()).isEqualTo(1);
    }

    @Test
    void onlyWhatChangedGoesToTheSearchAndWhatIsDeletedLeavesIt() {
        var pattern = EntryReader.pattern(json("{'name': 'Outbox', 'description': 'D', 'keywords': ['tx']}"));
        var id = knowledge.patterns().put("acme/shop", List.of(pattern)).ids().getFirst();
        knowledge.patterns().put("acme/shop", List.of(pattern));
        knowledge.decisions().put("acme/shop", List.of(EntryReader.decision(json("'Use PostgreSQL'"))));
        knowledge.components().put("acme/shop", List.of(EntryReader.component(json(
                "{'name': 'Client', 'files': ['a.py', 'b.py'], 'tags': ['http']}"))));
        knowledge.lessons().put("acme/shop", List.of(EntryReader.lesson(json("'Set time limits'"))));
        knowledge.issues().put("acme/shop", List.of(EntryReader.issue(json("{'log_snippet': 'Out of memory'}"))));
        assertThat(sink.texts).extracting(SearchText::kind).containsExactly("pattern", "decision", "component",
                "lesson", "issue");
        assertThat(sink.texts.getFirst()).isEqualTo(new SearchText("pattern:" + id, "pattern", "acme/shop", "Outbox",
                "D\ntx", Map.of()));
        assertThat(sink.texts.get(2).text()).contains("a.py, b.py", "http");

        assertThat(knowledge.patterns().delete(id)).isTrue();
        assertThat(knowledge.patterns().delete(id)).isFalse();
        assertThat(knowledge.patterns().delete("no id")).isFalse();
        assertThat(sink.removed).contains("pattern:" + id);
        assertThat(knowledge.patterns().find(id)).isEmpty();
    }

    @Test
    void joinsTheTransactionOfTheCaller() {
        assertThatThrownBy(() -> database.useTransaction(tx -> {
            knowledge.lessons().put(tx, "acme/shop", List.of(EntryReader.lesson(json("'Never'"))));
            throw new NotFoundException("x", "taken back", "");
        })).isInstanceOf(NotFoundException.class);
        assertThat(knowledge.lessons().list(Optional.empty(), Optional.empty(), Optional.empty(), 10).items())
                .isEmpty();
        assertThat(knowledge.repositories().find("acme/shop")).isEmpty();
    }

    @Test
    void listsByPagesWithoutGapsOrRepetitions() {
        for (int i = 0; i < 7; i++) {
            knowledge.lessons().put("acme/r" + i, List.of(EntryReader.lesson(json("{'lesson': 'L" + i
                    + "', 'category': 'cost', 'timestamp': '2026-01-0" + (i % 3 + 1) + "'}"))));
        }
        var seen = new ArrayList<String>();
        Optional<String> cursor = Optional.empty();
        do {
            var page = knowledge.lessons().list(Optional.empty(), Optional.of("cost"), cursor, 3);
            page.items().forEach(entry -> seen.add(entry.value().lesson()));
            cursor = page.next();
        } while (cursor.isPresent());
        assertThat(seen).hasSize(7).doesNotHaveDuplicates().startsWith("L5", "L2");
        var names = knowledge.repositories().names(Optional.empty(), 4);
        assertThat(names.items()).containsExactly("acme/r0", "acme/r1", "acme/r2", "acme/r3");
        assertThat(knowledge.repositories().list(names.next(), 4).items())
                .extracting(known -> known.repository().name()).containsExactly("acme/r4", "acme/r5", "acme/r6");
        assertThatThrownBy(() -> knowledge.repositories().list(Optional.empty(), 501))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("1 to 500");
        assertThatThrownBy(() -> knowledge.lessons().list(Optional.empty(), Optional.empty(), Optional.of("7"), 1))
                .hasMessageContaining("cursor");
    }

    @Test
    void countsFiltersAndSettlesRuntimeIssues() {
        var issue = EntryReader.issue(json("{'service_type': 'gke', 'issue_type': 'memory', 'severity': 'high', "
                + "'log_snippet': 'OOM', 'pattern_reference': 'Cache', 'metrics': {'error_rate': 0.5}}"));
        var ids = new ArrayList<String>();
        ids.addAll(knowledge.issues().put("acme/shop", List.of(issue, issue)).ids());
        knowledge.issues().put("acme/api", List.of(EntryReader.issue(json(
                "{'severity': 'low', 'log_snippet': 'slow', 'pattern_reference': 'cache'}"))));
        assertThat(ids).hasSize(2).doesNotHaveDuplicates();
        var high = RuntimeIssues.Filter.ofPattern("CACHE", Instant.now().minusSeconds(3600),
                RuntimeIssue.Severity.MEDIUM);
        assertThat(knowledge.issues().list(high, Optional.empty(), 10).items()).hasSize(2);
        assertThat(knowledge.issues().count(RuntimeIssues.Filter.like(issue))).singleElement().satisfies(count -> {
            assertThat(count.issues()).isEqualTo(2);
            assertThat(count.repositories()).containsExactly("acme/shop");
        });
        database.useTransaction(tx -> knowledge.issues().setStatus(tx, ids.getFirst(), RuntimeIssue.Status.FIXED));
        assertThat(knowledge.issues().find(ids.getFirst()).orElseThrow().value().resolvedAt()).isPresent();
        assertThat(knowledge.repositories().get("acme/shop").openIssues()).isEqualTo(1);
        assertThatThrownBy(() -> database.useTransaction(tx -> knowledge.issues().setStatus(tx, "1",
                RuntimeIssue.Status.OPEN))).isInstanceOf(NotFoundException.class);
        assertThat(knowledge.patterns().users("cache")).containsExactly("acme/api", "acme/shop");
    }

    @Test
    void detailsOfSeveralSourcesAddUp() {
        knowledge.repositories().put(repository("{'deployment': {'ci_cd_platform': 'x', 'a': 1}}"));
        knowledge.repositories().put(repository("{'deployment': {'ci_cd_platform': 'y'}, 'testing': {'b': 2}}"));
        var details = knowledge.repositories().get("acme/shop").repository().details();
        assertThat(details.toString()).isEqualTo(json(
                "{'testing': {'b': 2}, 'deployment': {'a': 1, 'ci_cd_platform': 'y'}}").toString());
    }

    @Test
    void replacesASetOfDependenciesAndOfDependents() {
        database.useTransaction(tx -> {
            knowledge.dependencies().put(tx, "acme/api", List.of(dependency("a"), dependency("b")));
            knowledge.dependencies().putEdges(tx, List.of(edge("acme/api", "acme/shop"), edge("acme/api", "acme/web"),
                    edge("acme/api", "acme/web")));
        });
        database.useTransaction(tx -> {
            knowledge.dependencies().replace(tx, "acme/api", List.of(dependency("b"), dependency("c")));
            knowledge.dependencies().replaceEdges(tx, "acme/api", List.of(edge("acme/api", "acme/web")));
        });
        assertThat(knowledge.dependencies().list(Optional.of("acme/api"), Optional.empty(), 10).items())
                .extracting(stored -> stored.value().name()).containsExactlyInAnyOrder("b", "c");
        assertThat(knowledge.dependencies().edges(Optional.of("acme/api"), Optional.empty()))
                .extracting(DependencyEdge::target).containsExactly("acme/web");
        database.useTransaction(tx -> knowledge.dependencies().replaceEdges(tx, "acme/api", List.of()));
        assertThat(knowledge.dependencies().edges(Optional.empty(), Optional.of("acme/web"))).isEmpty();
    }

    @Test
    void badInputNeverReachesTheDatabase() {
        assertThatThrownBy(() -> EntryReader.pattern(json("{'name': '', 'description': 5, 'keywords': {}}")))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("keywords: is object");
        assertThatThrownBy(() -> EntryReader.pattern(json("'a\\u0000b'"))).hasMessageContaining("U+0000");
        assertThatThrownBy(() -> EntryReader.pattern(json("{'name': 'x', 'y': ['a\\ud800']}")))
                .hasMessageContaining("details: holds");
        assertThatThrownBy(() -> EntryReader.lesson(json("''"))).hasMessageContaining("lesson: is empty");
        assertThatThrownBy(() -> EntryReader.decision(json("'" + "x".repeat(Checks.TEXT_MAX + 1) + "'")))
                .hasMessageContaining("use at most 100000");
        assertThatThrownBy(() -> EntryReader.issue(json("{'log_snippet': 'x', 'severity': 'awful'}")))
                .hasMessageContaining("use one of low, medium, high, critical");
        assertThatThrownBy(() -> knowledge.patterns().put("no name", List.of()))
                .hasMessageContaining("use owner/name");
        assertThatThrownBy(() -> EntryReader.edge("a/b", RelationshipType.API_CONSUMER, json("'a/b'")))
                .hasMessageContaining("depends on itself");
    }

    @Test
    void anOutageIsAnErrorAndNotAnEmptyAnswer() {
        var broken = Database.open(new dev.howdah.postgres.DatabaseSettings("jdbc:postgresql://127.0.0.1:1/none", "u",
                "p", "s", 1, 0, TestDatabase.settings().maxLifetime(), TestDatabase.settings().idleTimeout(),
                Duration.ofMillis(300), TestDatabase.settings().statementTimeout(), false,
                TestDatabase.settings().slowQuery()));
        try (broken) {
            assertThatThrownBy(() -> Knowledge.of(broken).repositories().list(Optional.empty(), 10))
                    .isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void everyStatementPrepares() throws Exception {
        var statements = new TreeMap<String, String>();
        for (var type : List.of(PatternsSql.class, Decisions.class, Components.class, Lessons.class,
                RuntimeIssues.class, Dependencies.class, DeploymentScripts.class, TestFrameworks.class,
                SecurityPatterns.class, Analyses.class, Repositories.class, Keywords.class, Imports.class,
                RecentActions.class)) {
            for (var field : type.getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers()) && !Modifier.isPrivate(field.getModifiers())
                        && field.get(null) instanceof String sql && sql.contains("\n")) {
                    statements.put(type.getSimpleName() + "." + field.getName(), sql);
                }
            }
        }
        assertThat(statements).hasSizeGreaterThan(40);
        var broken = new ArrayList<String>();
        database.withHandle(handle -> {
            statements.forEach((name, sql) -> {
                try (var statement = handle.getConnection().prepareStatement(
                        sql.replaceAll("(?<!:):[A-Za-z]\\w*", "?"))) {
                    assertThat(statement.getParameterMetaData()).isNotNull();
                } catch (SQLException e) {
                    broken.add(name + ": " + e.getMessage());
                }
            });
            return broken;
        });
        assertThat(broken).isEmpty();
    }

    private static Repository repository(String details) {
        return new Repository("acme/shop", "", "", "", Optional.empty(), "", List.of(), json(details).asObject());
    }

    private static Dependency dependency(String name) {
        return new Dependency(name, "1", "pom.xml", "", Json.object());
    }

    private static DependencyEdge edge(String source, String target) {
        return new DependencyEdge(source, target, RelationshipType.API_CONSUMER, "", "", Json.object());
    }

    /** Keeps what it is given. */
    private static final class Recording implements SearchSink {
        private final List<SearchText> texts = new ArrayList<>();
        private final List<String> removed = new ArrayList<>();

        @Override
        public void put(Transaction tx, List<SearchText> given) {
            texts.addAll(given);
        }

        @Override
        public void remove(Transaction tx, Collection<String> keys) {
            removed.addAll(keys);
        }
    }
}
