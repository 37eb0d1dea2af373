package dev.howdah.agent.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.agent.AgentSettings;
import dev.howdah.agent.AgentSettings.ExternalAgent;
import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.TestRepository;
import dev.howdah.agent.source.GitRepositorySource;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.knowledge.KnowledgeCollection;
import dev.howdah.knowledge.KnowledgeSettings;
import dev.howdah.knowledge.search.KnowledgeSearch;
import dev.howdah.knowledge.vector.VectorIndexes;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a write skill stored, its read skill answers. */
class KnowledgeSkillsTest {
    @TempDir
    Path directory;

    private final Database database = TestDatabase.create();
    private SkillRegistry skills = new SkillRegistry(List.of());

    @BeforeEach
    void open() {
        new Migrator(database, Migrations.ofModules("queue", "knowledge")).up();
        var settings = KnowledgeSettings.from(Configuration.of(Map.of()));
        var collection = new KnowledgeCollection(new KnowledgeSearch(database, new PostgresTaskQueue(database,
                QueueSettings.defaults()), new VectorIndexes(database, settings.vectors()), Optional.empty(),
                settings.search()));
        skills = new SkillRegistry(KnowledgeSkills.of(database, Knowledge.of(database, collection), collection,
                new GitRepositorySource(List.of(directory), name -> Optional.empty()),
                AgentSettings.from(Configuration.of(Map.of()))));
    }

    @Test
    void thereAreThirteenAndThreeMore() {
        assertThat(skills.all()).extracting(Skill::name).containsExactlyInAnyOrder("query_patterns",
                "get_cross_repo_patterns", "get_repository_list", "get_deployment_info", "add_lesson_learned",
                "update_dependency_info", "add_deployment_info", "add_runtime_issue", "get_pattern_health",
                "query_known_issues", "health_check_external", "check_documentation_standards",
                "validate_documentation_update", "add_repository", "get_recent_actions", "search_patterns");
        assertThat(skills.all()).filteredOn(Skill::requiresAuth).extracting(Skill::name).containsExactlyInAnyOrder(
                "add_lesson_learned", "update_dependency_info", "add_deployment_info", "add_runtime_issue",
                "add_repository");
    }

    @Test
    void aRepositoryThatWasAddedIsListedAndFoundByItsKeywords() {
        run("add_repository", "{'repo': 'acme/shop', 'problem_domain': 'retail', 'keywords': ['Orders']}");
        var list = run("get_repository_list", "{}");
        assertThat(list.at("/repositories/0/name").asString()).isEqualTo("acme/shop");
        assertThat(list.at("/repositories/0/problem_domain").asString()).isEqualTo("retail");
        assertThat(list.path("total_count").asInt()).isEqualTo(1);
        assertThat(run("get_repository_list", "{'include_metadata': false}").at("/repositories/0").asString())
                .isEqualTo("acme/shop");
        var found = run("query_patterns", "{'keywords': ['ORDERS', 'x']}");
        assertThat(found.at("/matches/0/repository").asString()).isEqualTo("acme/shop");
        assertThat(found.at("/matches/0/matched_keywords/0").asString()).isEqualTo("orders");
        assertThatThrownBy(() -> run("query_patterns", "{}")).isInstanceOf(InvalidInputException.class);
        assertThat(run("get_deployment_info", "{'repository': 'acme/none'}").at("/available_repositories/0")
                .asString()).isEqualTo("acme/shop");
    }

    @Test
    void aLessonIsReadBackAlsoFromTriage() {
        var added = run("add_lesson_learned", "{'repository': 'acme/shop', 'category': 'consumer_triage', "
                + "'lesson': 'Pin the version', 'context': 'after an outage', 'severity': 'warning', 'tags': ['api'], "
                + "'confidence': 0.8}");
        var lessons = run("get_deployment_info", "{'repository': 'acme/shop'}").path("lessons_learned");
        assertThat(lessons.at("/0/lesson_id").asString()).isEqualTo(added.path("lesson_id").asString());
        assertThat(lessons.at("/0/lesson").asString()).isEqualTo("Pin the version");
        assertThat(lessons.at("/0/context").asString()).isEqualTo("after an outage");
        assertThat(lessons.at("/0/severity").asString()).isEqualTo("warning");
        assertThat(lessons.at("/0/details/confidence").asDouble()).isEqualTo(0.8);
        assertThat(run("get_deployment_info", "{'repository': 'acme/shop', 'include_lessons': false}")
                .has("lessons_learned")).isFalse();
        assertThatThrownBy(() -> run("add_lesson_learned", "{'repository': 'acme/shop', 'category': 'gossip', "
                + "'lesson': 'x', 'context': ''}")).hasMessageContaining("/category");
        assertThatThrownBy(() -> run("add_lesson_learned", "{'repository': 'nobody', 'category': 'cost', "
                + "'lesson': 'x', 'context': ''}")).hasMessageContaining("owner/name");
    }

    @Test
    void dependenciesAreReadBackInBothForms() {
        run("update_dependency_info", "{'repository': 'acme/api', 'dependency_info': {'consumers': "
                + "[{'repository': 'acme/shop', 'relationship': 'orders'}], 'derivatives': ['acme/fork'], "
                + "'external_dependencies': ['redis', {'name': 'flask', 'version': '3'}]}}");
        run("update_dependency_info", "{'source_repo': 'acme/api', 'target_repo': 'acme/web', 'relationship_type': "
                + "'api_consumer', 'metadata': {'description': 'd', 'interface_files': ['x.py']}}");
        var info = run("get_deployment_info", "{'repository': 'acme/api'}");
        for (var at : List.of("", "/dependencies")) {
            assertThat(info.at(at + "/consumers").valueStream().map(entry -> entry.path("repository").asString()))
                    .containsExactly("acme/shop", "acme/web");
            assertThat(info.at(at + "/derivatives/0/target_repo").asString()).isEqualTo("acme/fork");
            assertThat(info.at(at + "/external_dependencies").valueStream().map(entry -> entry.path("name")
                    .asString())).containsExactlyInAnyOrder("redis", "flask");
        }
        assertThat(info.at("/consumers/0/relationship").asString()).isEqualTo("orders");
        assertThatThrownBy(
                () -> run("update_dependency_info", "{'source_repo': 'acme/shop', 'target_repo': 'acme/api', "
                        + "'relationship_type': 'consumer'}"))
                .hasMessageContaining("circle");
        run("update_dependency_info", "{'repository': 'acme/api', 'dependency_info': {'consumers': []}}");
        info = run("get_deployment_info", "{'repository': 'acme/api'}");
        assertThat(info.path("consumers")).isEmpty();
        assertThat(info.path("external_dependencies")).isEmpty();
        assertThatThrownBy(() -> run("update_dependency_info", "{'repository': 'acme/api'}"))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aDeploymentIsReadBack() {
        run("add_deployment_info", "{'repository': 'acme/api', 'deployment_info': {'scripts': [{'name': 'deploy', "
                + "'script_path': 'd.sh'}], 'ci_cd_platform': 'actions', 'infrastructure': {'db': 'pg'}}}");
        var deployment = run("get_deployment_info", "{'repository': 'acme/api'}").path("deployment");
        assertThat(deployment.at("/scripts/0/script_path").asString()).isEqualTo("d.sh");
        assertThat(deployment.path("ci_cd_platform").asString()).isEqualTo("actions");
        assertThat(deployment.at("/infrastructure/db").asString()).isEqualTo("pg");
        assertThatThrownBy(() -> run("add_deployment_info", "{'repository': 'acme/api', 'deployment_info': "
                + "{'scripts': [{'name': ''}]}}")).hasMessageContaining("/deployment/scripts/0");
    }

    @Test
    void runtimeIssuesAreKnownAndWeighOnTheHealthOfTheirPattern() {
        var issue = "{'repository': 'acme/%s', 'service_type': 'gke', 'issue_type': 'memory', 'severity': '%s', "
                + "'log_snippet': 'OOM', 'pattern_reference': 'Cache aside', 'root_cause': null}";
        var first = run("add_runtime_issue", issue.formatted("a", "high"));
        var second = run("add_runtime_issue", issue.formatted("b", "low"));
        assertThat(first.path("similar_issues")).isEmpty();
        assertThat(second.at("/similar_issues/0/issue_id").asString()).isEqualTo(first.path("issue_id").asString());
        var known = run("query_known_issues", "{'pattern': 'cache ASIDE', 'limit': 1}");
        assertThat(known.path("count").asInt()).isEqualTo(2);
        assertThat(known.path("returned").asInt()).isEqualTo(1);
        assertThat(known.at("/issues/0/issue_id").asString()).isEqualTo(second.path("issue_id").asString());
        assertThat(run("query_known_issues", "{'severity': 'critical'}").path("count").asInt()).isZero();
        var health = run("get_pattern_health", "{'pattern': 'cache aside', 'severity_threshold': 'high'}");
        assertThat(health.path("health_score").asDouble()).isEqualTo(0.5);
        assertThat(health.path("repos_with_issues").asInt()).isEqualTo(1);
        assertThat(health.at("/issue_breakdown/memory").asInt()).isEqualTo(1);
        assertThat(run("get_pattern_health", "{'pattern_name': 'unknown'}").path("health_score").asDouble())
                .isEqualTo(1);
    }

    @Test
    void whatWasWrittenLatelyIsListedNewestFirst() {
        run("add_lesson_learned", "{'repository': 'acme/a', 'category': 'cost', 'lesson': 'L', 'context': ''}");
        run("add_runtime_issue", "{'repository': 'acme/b', 'service_type': 'gke', 'issue_type': 'crash', "
                + "'severity': 'low', 'log_snippet': 'x'}");
        run("add_deployment_info", "{'repository': 'acme/a', 'deployment_info': {'scripts': ['deploy']}}");
        var first = run("get_recent_actions", "{'limit': 2}");
        assertThat(first.path("count").asInt()).isEqualTo(3);
        assertThat(first.path("actions").valueStream().map(one -> one.path("action_type").asString()))
                .containsExactly("deployment", "runtime_issue");
        assertThat(first.at("/pagination/next_offset").asInt()).isEqualTo(2);
        assertThat(run("get_recent_actions", "{'limit': 2, 'offset': 2}").at("/actions/0/metadata/about").asString())
                .isEqualTo("L");
        assertThat(run("get_recent_actions", "{'repository': 'acme/a', 'action_types': ['lesson']}").path("count")
                .asInt()).isEqualTo(1);
        assertThatThrownBy(() -> run("get_recent_actions", "{'action_types': ['gossip']}"))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void patternsAreSharedAcrossRepositories() {
        var knowledge = Knowledge.of(database);
        for (var name : List.of("acme/a", "acme/b")) {
            knowledge.patterns().put(name, List.of(dev.howdah.knowledge.EntryReader.pattern(
                    JsonMapper.shared().readTree("\"Outbox\""))));
        }
        var shared = run("get_cross_repo_patterns", "{'pattern_type': 'OUT'}");
        assertThat(shared.at("/cross_repo_patterns/0/repo_count").asInt()).isEqualTo(2);
        assertThat(run("query_patterns", "{'patterns': ['outbox'], 'min_matches': 1}").path("total_matches").asInt())
                .isEqualTo(2);
    }

    @Test
    void otherAgentsAreAskedForTheirHealthButNotForLong() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/health", exchange -> {
            exchange.sendResponseHeaders("Bearer t".equals(exchange.getRequestHeaders().getFirst("Authorization"))
                    ? 200
                    : 401, -1);
            exchange.close();
        });
        server.start();
        var address = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var health = new SkillRegistry(List.of(new ExternalAgents(Map.of("dependency-orchestrator",
                    new ExternalAgent(address, "t"), "pattern-miner", new ExternalAgent(URI.create("http://127.0.0.1:"
                            + silent.getLocalPort()), "")),
                    Duration.ofSeconds(2)).skill()))
                    .execute("health_check_external", JsonMapper.shared().createObjectNode()).data();
            assertThat(health.at("/agents/dependency-orchestrator").asBoolean()).isTrue();
            assertThat(health.at("/agents/pattern-miner").asBoolean(true)).isFalse();
            assertThat(health.path("all_healthy").asBoolean(true)).isFalse();
        } finally {
            server.stop(0);
        }
        assertThat(run("health_check_external", "{}").path("not_configured")).hasSize(2);
    }

    @Test
    void documentationIsCheckedAndComparedWithTheCode() {
        try (var repository = new TestRepository(directory.resolve("acme/docs"))) {
            var first = repository.commit("Start", Map.of("README.md", """
                # Shop
                ## Overview
                See [the guide](docs/guide.md) and [nothing](docs/absent.md), and `src/app.py`.
                ```
                bare
                ```
                ## Installation
                ## Usage
                ## License
                Last updated: 2026-01-01
                """, "docs/guide.md", "# Guide\n## Prerequisites\n## Examples\nLast updated 2026\n", "LICENSE",
                    "MIT", "src/app.py", "x = 1\n"));
            repository.commit("Change the core", Map.of("src/server.py", "y = 1\n"));
            var checked = run("check_documentation_standards", "{'repository': 'acme/docs'}");
            assertThat(checked.at("/summary/total_files_checked").asInt()).isEqualTo(3);
            assertThat(checked.path("critical_violations").valueStream().map(one -> one.path("type").asString()))
                    .containsExactly("license", "license");
            assertThat(checked.path("file_results").toString()).contains("docs/absent.md", "name no language")
                    .doesNotContain("src/app.py, which");
            assertThat(checked.path("status").asString()).isEqualTo("needs_improvement");
            var behind = run("validate_documentation_update", "{'repository': 'acme/docs', 'since_commit': '" + first
                    + "'}");
            assertThat(behind.at("/validation/status").asString()).isEqualTo("non_compliant");
            assertThat(behind.at("/warnings/0/severity").asString()).isEqualTo("high");
            assertThat(behind.at("/changes/code_changes/0").asString()).isEqualTo("src/server.py");
            assertThat(run("validate_documentation_update", "{'repository': 'acme/docs'}").at("/validation/status")
                    .asString()).isEqualTo("compliant");
            assertThatThrownBy(() -> run("validate_documentation_update", "{'repository': 'acme/docs', "
                    + "'since_commit': 'HEAD~1 --x'}")).hasMessageContaining("no commit");
        }
        assertThatThrownBy(() -> run("check_documentation_standards", "{'repository': 'acme/absent'}"))
                .hasMessageContaining("no clone");
    }

    private JsonNode run(String skill, String input) {
        return skills.execute(skill, JsonMapper.shared().readTree(input.replace('\'', '"'))).data();
    }
}
