package dev.howdah.knowledge;

import static dev.howdah.knowledge.KnowledgeDatabase.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.Worker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportsTest {
    private static final String V1 = """
        {'repositories': {
          'acme/old': {'patterns': {'patterns': ['Outbox', 'Retry'], 'decisions': ['Use PostgreSQL'],
             'reusable_components': [{'name': 'Client', 'description': 'talks', 'files': ['c.py']}],
             'dependencies': ['requests'], 'problem_domain': 'retail', 'keywords': ['Python', 'orders'],
             'analyzed_at': '2025-01-02T03:04:05.678', 'commit_sha': 'abc1234'},
            'history': [{'timestamp': '2025-01-01T00:00:00Z', 'commit_sha': 'abc0000',
                         'patterns': {'patterns': ['Retry']}}]},
          'acme/new': {'patterns': [], 'history': []}},
         'last_updated': '2025-01-03'}
        """;
    private static final String V2 = """
        {'schema_version': '2.0', 'metadata': {'owner': 'x'}, 'repositories': {
          'acme/api': {
            'latest_patterns': {'patterns': ['Outbox'], 'decisions': [], 'reusable_components': [
                {'name': 'Auth', 'description': 'd', 'files': ['auth.py'], 'language': 'Python', 'api_contract': 'login()',
                 'usage_example': 'see docs', 'tags': ['auth']}], 'dependencies': ['flask'], 'problem_domain': 'p',
                'keywords': ['api'], 'analyzed_at': '2026-01-02T03:04:05+00:00', 'commit_sha': 'f00', 'author': 'ann'},
            'deployment': {'scripts': [{'name': 'deploy', 'description': 'd', 'script_path': 'deploy.sh',
                 'platform': 'gcp', 'triggers': ['push'], 'runtime': 'bash'}],
               'lessons_learned': [{'timestamp': '2026-01-01', 'category': 'cost', 'lesson': 'Scale to zero',
                 'context': 'c', 'severity': 'warning', 'recorded_by': 'bob', 'related_files': ['a.tf'], 'tags': ['t']}],
               'reusable_components': [], 'ci_cd_platform': 'actions', 'infrastructure': {'db': 'pg'}},
            'dependencies': {'consumers': [{'target_repo': 'acme/web', 'relationship_type': 'consumer',
                 'dependency_strength': 'high', 'notes': 'n'}], 'derivatives': [{'target_repo': 'acme/fork',
                 'sync_strategy': 'manual'}], 'external_dependencies': ['redis'], 'dependency_update_strategy': 'weekly'},
            'testing': {'test_frameworks': ['pytest'], 'coverage_percentage': 81.5, 'ci_status': 'passing'},
            'security': {'security_patterns': ['OAuth'], 'security_score': 9, 'known_vulnerabilities': []},
            'history': [], 'components': [], 'repository_url': 'https://example.org/acme/api',
            'primary_language': 'Python', 'created_at': '2025-01-01'}},
         'component_index': {'Auth': ['acme/api']}}
        """;
    private static final String OBJECTS = """
        {'repositories': {'acme/objects': {'latest_patterns': {
            'patterns': [{'name': 'Outbox', 'description': 'd', 'context': 'c'}],
            'decisions': [{'what': 'w', 'why': 'y', 'alternatives': 'none'}],
            'reusable_components': [{'name': 'n', 'purpose': 'p', 'location': 'src/n.py'}]},
          'deployment': {'lessons_learned': [{'title': 't', 'description': 'd', 'category': 'cost', 'impact': 'high',
            'date': '2025-05-05'}]}}}}
        """;

    @TempDir
    Path directory;

    private final Database database = KnowledgeDatabase.create();
    private final Knowledge knowledge = Knowledge.of(database);
    private final Imports imports = new Imports(database, knowledge, ImportsTest::fetch);

    @ParameterizedTest
    @ValueSource(strings = {V1, V2, OBJECTS})
    void everyFormImportsAndASecondImportChangesNoCount(String document) {
        var file = write("kb.json", document);
        var dry = run(file, true);
        assertThat(KnowledgeDatabase.counts(database)).allMatch(count -> count.endsWith(" 0"));
        var first = run(file, false);
        assertThat(first.errors()).as(first.toString()).isZero();
        assertThat(dry.counters()).isEqualTo(first.counters());
        var counts = KnowledgeDatabase.counts(database);
        var second = run(file, false);
        assertThat(KnowledgeDatabase.counts(database)).isEqualTo(counts);
        second.counters().properties().forEach(kind -> assertThat(kind.getValue().path("added").asInt(0))
                .as(kind.getKey()).isZero());
        assertThat(second.counters().at("/patterns/unchanged").asInt()).isPositive();
    }

    @Test
    void textsOfTheFirstVersionFindTheirPlaces() {
        run(write("kb.json", V1), false);
        var old = knowledge.repositories().get("acme/old");
        assertThat(old.patterns()).isEqualTo(2);
        assertThat(old.repository().problemDomain()).isEqualTo("retail");
        assertThat(old.repository().lastCommitSha()).isEqualTo("abc1234");
        assertThat(old.repository().lastAnalyzed()).isPresent();
        assertThat(knowledge.repositories().find("acme/new")).isPresent();
        assertThat(knowledge.patterns().byKeywords(java.util.List.of("python"), 1).total()).isEqualTo(1);
        assertThat(knowledge.components().list(Optional.of("acme/old"), Optional.empty(), 5).items())
                .singleElement().satisfies(stored -> {
                    assertThat(stored.value().purpose()).isEqualTo("talks");
                    assertThat(stored.value().location()).isEqualTo("c.py");
                });
        assertThat(knowledge.analyses().list(Optional.of("acme/old"), Optional.empty(), 5).items())
                .extracting(stored -> stored.value().patternsCount()).containsExactly(2, 1);
    }

    @Test
    void nothingOfTheSecondVersionIsLost() {
        run(write("kb.json", V2), false);
        var details = knowledge.repositories().get("acme/api").repository().details();
        assertThat(details.at("/deployment/ci_cd_platform").asString()).isEqualTo("actions");
        assertThat(details.at("/deployment/infrastructure/db").asString()).isEqualTo("pg");
        assertThat(details.at("/testing/coverage_percentage").asDouble()).isEqualTo(81.5);
        assertThat(details.at("/security/security_score").asInt()).isEqualTo(9);
        assertThat(details.at("/dependencies/dependency_update_strategy").asString()).isEqualTo("weekly");
        assertThat(details.at("/latest_patterns/author").asString()).isEqualTo("ann");
        assertThat(details.path("created_at").asString()).isEqualTo("2025-01-01");
        var edges = knowledge.dependencies().edges(Optional.of("acme/api"), Optional.empty());
        assertThat(edges).extracting(DependencyEdge::target).containsExactly("acme/web", "acme/fork");
        assertThat(edges.getFirst().details().path("dependency_strength").asString()).isEqualTo("high");
        assertThat(edges.getLast().syncStrategy()).isEqualTo("manual");
        var lesson = knowledge.lessons().list(Optional.of("acme/api"), Optional.empty(), Optional.empty(), 5).items()
                .getFirst().value();
        assertThat(lesson).extracting(Lesson::lesson, Lesson::description, Lesson::impact, Lesson::recordedBy)
                .containsExactly("Scale to zero", "c", "warning", "bob");
        assertThat(database.<String>withHandle(handle -> handle.createQuery(
                "SELECT document::text FROM knowledge_imports").mapTo(String.class).one()))
                .contains("component_index", "metadata", "schema_version");
    }

    @Test
    void badEntriesArePutAsideAndTheRestIsTaken() {
        var report = run(write("kb.json", """
            {'repositories': {
               'no-owner': {'patterns': {'patterns': ['X']}},
               'acme/list': [1],
               'acme/half': {'latest_patterns': {'patterns': ['Good', 5.5, {'description': 'nameless'}, 'a\\u0000b'],
                   'decisions': 'none', 'keywords': {'a': 1}, 'problem_domain': 'd'},
                 'dependencies': {'consumers': ['acme/half', 'acme/other', '??']}},
               'acme/other': {'dependencies': {'consumers': ['acme/half']}}}}
            """), false);
        assertThat(report.quarantined()).extracting(ImportReport.Rejected::place).contains(
                "/repositories/no-owner", "/repositories/acme~1list",
                "/repositories/acme~1half/latest_patterns/patterns/1",
                "/repositories/acme~1half/latest_patterns/patterns/2",
                "/repositories/acme~1half/latest_patterns/patterns/3",
                "/repositories/acme~1half/latest_patterns/decisions",
                "/repositories/acme~1half/latest_patterns/keywords",
                "/repositories/acme~1half/dependencies/consumers/0",
                "/repositories/acme~1half/dependencies/consumers/2",
                "/repositories/acme~1other/dependencies");
        assertThat(report.errors()).isEqualTo(10);
        assertThat(knowledge.repositories().get("acme/half").patterns()).isEqualTo(1);
        assertThat(knowledge.repositories().get("acme/half").repository().problemDomain()).isEqualTo("d");
        assertThat(database.<java.util.List<String>>withHandle(handle -> handle.createQuery(
                "SELECT entry FROM quarantined_entries WHERE place LIKE '%patterns/3'").mapTo(String.class).list()))
                .containsExactly("\"a\\u0000b\"");
    }

    @Test
    void brokenJsonNamesThePlaceAndKeepsWhatCameBefore() {
        var file = write("kb.json", "{'repositories': {'acme/a': {'patterns': {'patterns': ['X']}},\n 'acme/b': {oops");
        assertThatThrownBy(() -> run(file, false)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("line 2").hasMessageContaining("after 1 repositories");
        assertThat(knowledge.repositories().find("acme/a")).isPresent();
        for (var wrong : java.util.List.of("[]", "", "{}", "{'repositories': []}", "5")) {
            assertThatThrownBy(() -> run(write("wrong.json", wrong), false)).as(wrong)
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> ImportSource.of(directory.resolve("absent"))).hasMessageContaining("cannot be read");
    }

    @Test
    void importsAllFilesOfADirectory() {
        write("a.json", V1);
        write("b.json", V2);
        write("c.txt", "no JSON");
        var progress = new ArrayList<Imports.Progress>();
        var report = imports.run(ImportSource.of(directory), false, progress::add);
        assertThat(report.repositories()).isEqualTo(3);
        assertThat(progress).extracting(Imports.Progress::repositories).containsExactly(1, 2, 3);
    }

    @Test
    void aDocumentThatIsTooLargeIsRefused() throws IOException {
        var input = new ImportInput(new ByteArrayInputStream(new byte[1001]), "kb.json", 0, 1000);
        try (input) {
            assertThatThrownBy(input::readAllBytes).isInstanceOf(LimitExceededException.class)
                    .hasMessageContaining("split it");
        }
    }

    @Test
    void aTaskImportsFromAnAddressAndTellsHowFarItIs() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/kb.json", exchange -> {
            var bytes = V2.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        var base = "http://127.0.0.1:" + server.getAddress().getPort();
        var settings = QueueSettings.defaults();
        var queue = new PostgresTaskQueue(database, settings);
        var worker = new Worker(queue, settings, Map.of(Imports.TASK_TYPE, imports::handle));
        worker.start();
        try (worker) {
            var id = queue.enqueue(Imports.task(new ImportSource.OfUrl(URI.create(base + "/kb.json?token=x")), false));
            var absent = queue.enqueue(Imports.task(new ImportSource.OfUrl(URI.create(base + "/other")), true)
                    .withMaxAttempts(1));
            await().until(() -> queue.find(id).orElseThrow().state() == TaskState.FINISHED);
            var result = queue.find(id).orElseThrow().result().orElseThrow();
            assertThat(result.at("/counters/patterns/added").asInt()).isEqualTo(1);
            assertThat(result.path("source").asString()).isEqualTo(base + "/kb.json");
            await().until(() -> queue.find(absent).orElseThrow().state() == TaskState.FAILED);
            assertThat(queue.find(absent).orElseThrow().error().orElseThrow()).contains("answered 404");
        } finally {
            server.stop(0);
        }
        assertThatThrownBy(() -> imports.run(new ImportSource.OfUrl(URI.create(base + "/kb.json")), false, p -> {}))
                .isInstanceOf(UnavailableException.class);
        for (var refused : java.util.List.of("file:///etc/passwd", "ftp://example.org/x", "http://u:p@example.org/")) {
            assertThatThrownBy(() -> new ImportSource.OfUrl(URI.create(refused)))
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void aDocumentInHandIsImportedLikeAFile() {
        var report = imports.run(new ImportSource.OfDocument("request", json(OBJECTS)), false, progress -> {});
        assertThat(report.counters().at("/decisions/added").asInt()).isEqualTo(1);
        assertThat(knowledge.lessons().list(Optional.of("acme/objects"), Optional.empty(), Optional.empty(), 5)
                .items().getFirst().value().impact()).isEqualTo("high");
    }

    /** Any address; the server's own fetcher chooses. */
    private static ImportFetcher.Fetched fetch(URI address) throws IOException {
        var connection = (HttpURLConnection) address.toURL().openConnection();
        if (connection.getResponseCode() != 200) {
            throw new UnavailableException("import-refused", address + " answered " + connection.getResponseCode(), "",
                    null);
        }
        return new ImportFetcher.Fetched(connection.getInputStream(), connection.getContentLengthLong());
    }

    private ImportReport run(Path file, boolean dryRun) {
        return imports.run(ImportSource.of(file), dryRun, progress -> {});
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text.replace('\'', '"'));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
