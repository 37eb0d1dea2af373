package dev.howdah.agent.dependencies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.agent.AgentSettings;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.TestRepository;
import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.source.GitCommit;
import dev.howdah.agent.triage.RelationshipDocument;
import dev.howdah.agent.triage.TriageJson;
import dev.howdah.agent.triage.TriageModel;
import dev.howdah.agent.triage.TriageRequest;
import dev.howdah.agent.triage.TriageResult;
import dev.howdah.agent.triage.Urgency;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskState;
import dev.howdah.queue.Worker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The main job: from a commit to the answers. */
class DependenciesTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String RELATIONSHIPS = """
        {"relationships": {"acme/api": {
           "consumers": [{"repo": "acme/shop", "interface_files": ["client.py"], "change_triggers": ["api_contract"]}],
           "derivatives": [{"repo": "acme/fork", "shared_concerns": ["docker"]}]}}}
        """;

    @TempDir
    Path directory;

    private final Database database = AgentDatabase.create();
    private final TaskQueue queue = AgentDatabase.queue(database);
    private final AtomicInteger asked = new AtomicInteger();
    private Optional<Worker> worker = Optional.empty();

    @BeforeEach
    void makeRepositories() {
        try (var api = new TestRepository(directory.resolve("acme/api"));
                var shop = new TestRepository(directory.resolve("acme/shop"))) {
            shop.commit("Start", Map.of("client.py", "get(\"/orders/1\")\n"));
            api.commit("Start", Map.of("app.py", "@app.get(\"/orders/{id}\")\ndef f(): pass\n", "Dockerfile",
                    "FROM python:3.12\n"));
            api.commit("Drop an endpoint", Map.of("app.py", "def f(): pass\n", "Dockerfile",
                    "FROM python:3.12\nUSER app\n"));
        }
    }

    @AfterEach
    void stop() {
        worker.ifPresent(Worker::close);
    }

    @Test
    void triagesEveryDependentOfACommit() {
        var dependencies = dependencies(Optional.empty());
        importRelationships(dependencies);
        var scheduled = dependencies.notifications().receive(commit());
        assertThat(scheduled).extracting(one -> one.edge().targetRepo()).containsExactlyInAnyOrder("acme/shop",
                "acme/fork");
        start(dependencies);

        var shop = ended(id(scheduled, "acme/shop"));
        assertThat(shop.type()).isEqualTo("consumer_triage");
        assertThat(shop.state()).isEqualTo(TaskState.FINISHED);
        assertThat(shop.result().orElseThrow().path("urgency").asString()).isEqualTo("critical");
        assertThat(shop.result().orElseThrow().path("affected_files").valueStream().map(JsonNode::asString))
                .contains("client.py:1");
        var fork = ended(id(scheduled, "acme/fork"));
        assertThat(fork.type()).isEqualTo("template_triage");
        assertThat(fork.result().orElseThrow().path("urgency").asString()).isEqualTo("medium");

        assertThat(dependencies.outbox().list(Optional.empty(), Optional.empty(), Optional.empty(), 10))
                .extracting(Action::kind, Action::state, Action::targetRepo).containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(ActionKind.ISSUE, ActionState.RECORDED, "acme/shop"),
                        org.assertj.core.groups.Tuple.tuple(ActionKind.WEBHOOK, ActionState.RECORDED, "acme/shop"),
                        org.assertj.core.groups.Tuple.tuple(ActionKind.ISSUE, ActionState.RECORDED, "acme/fork"));
    }

    @Test
    void knowsTheRepositoriesAndWritesDownWhatItLearned() {
        var knowledge = Knowledge.of(database);
        knowledge.repositories().put(new dev.howdah.knowledge.Repository("acme/api", "orders of shops", "", "",
                Optional.empty(), "", List.of(), JSON.createObjectNode()));
        var dependencies = dependencies(Optional.empty());
        importRelationships(dependencies);
        var scheduled = dependencies.notifications().receive(commit());
        start(dependencies);
        var shop = ended(id(scheduled, "acme/shop"));
        assertThat(shop.result().orElseThrow().path("architecture_context").asString())
                .contains("acme/api is about: orders of shops");
        ended(id(scheduled, "acme/fork"));
        var lessons = knowledge.lessons().list(Optional.of("acme/api"), Optional.empty(), Optional.empty(), 10).items();
        assertThat(lessons).extracting(stored -> stored.value().category())
                .containsExactlyInAnyOrder("consumer_triage", "template_triage");
        assertThat(lessons).allSatisfy(stored -> assertThat(stored.value().details().path("source_commit").asString())
                .isEqualTo(commit().commitSha()));
    }

    @Test
    void takesTheSameNotificationTwiceButActsOnce() {
        var dependencies = dependencies(Optional.of(new Counting(asked, new TriageResult(true, Urgency.LOW, "s",
                List.of(), "", 1, "r", "", "counting"))));
        importRelationships(dependencies);
        var first = dependencies.notifications().receive(commit());
        assertThat(dependencies.notifications().receive(commit())).isEqualTo(first);
        start(dependencies);
        first.forEach(one -> ended(one.taskId()));
        var again = dependencies.notifications().receive(commit());
        again.forEach(one -> ended(one.taskId()));

        assertThat(again).doesNotContainAnyElementsOf(first);
        assertThat(asked).hasValue(2); // the second time both answers came from the cache
        assertThat(dependencies.outbox().list(Optional.of(ActionKind.DIGEST), Optional.empty(), Optional.empty(), 10))
                .hasSize(2);
    }

    @Test
    void failsTheTaskWhenTheModelFailsAndTriesAgain() {
        var dependencies = dependencies(Optional.of(new Failing(asked)));
        importRelationships(dependencies);
        var id = id(dependencies.notifications().receive(commit()), "acme/shop");
        start(dependencies);
        var task = ended(id);
        assertThat(task.state()).isEqualTo(TaskState.FAILED);
        assertThat(task.error().orElseThrow()).contains("the provider is down");
        assertThat(queue.attempts(id)).hasSize(3);
        assertThat(dependencies.outbox().list(Optional.empty(), Optional.empty(), Optional.empty(), 10)).isEmpty();
    }

    @Test
    void servesTheSevenSkills() {
        var dependencies = dependencies(Optional.empty());
        var skills = new SkillRegistry(dependencies.skills());
        assertThat(skills.all()).extracting(skill -> skill.name()).containsExactly("receive_change_notification",
                "get_impact_analysis", "get_dependencies", "get_orchestration_status", "trigger_consumer_triage",
                "trigger_template_triage", "add_dependency_relationship");

        var added = skills.execute("add_dependency_relationship", JSON.readTree("""
            {"source_repo": "acme/api", "target_repo": "acme/shop", "relationship_type": "api_consumer",
             "relationship_config": {"interface_files": ["client.py"], "change_triggers": ["api_contract"]}}
            """)).data();
        assertThat(added.path("status").asString()).isEqualTo("success");
        assertThat(added.path("message").asString()).endsWith("added");

        var found = skills.execute("get_dependencies", JSON.readTree("{\"repository\": \"acme/api\"}")).data();
        assertThat(found.path("consumers")).isEqualTo(JSON.readTree("[{\"repo\": \"acme/shop\"}]"));
        assertThat(skills.execute("get_dependencies", JSON.readTree("{\"repo\": \"acme/shop\"}")).data()
                .path("upstream_dependencies").get(0).path("relationship_type").asString()).isEqualTo("api_consumer");
        assertThat(skills.execute("get_dependencies", JSON.readTree("{\"repo\": \"a/none\"}")).data().path("consumers"))
                .isEmpty();

        var analysis = JSON.createObjectNode().put("source_repo", "acme/api").put("target_repo", "acme/shop")
                .put("relationship_type", "consumer");
        analysis.set("change_event", TriageJson.toJson(commit()));
        assertThat(skills.execute("get_impact_analysis", analysis).data().path("urgency").asString())
                .isEqualTo("critical");
        assertThat(skills.execute("get_impact_analysis", analysis.deepCopy().put("target_repo", "a/none")).data()
                .path("urgency").asString()).isEqualTo("none");
        assertThat(queue.statistics().byState().getOrDefault(TaskState.QUEUED, 0L)).isZero();

        var trigger = JSON.createObjectNode().put("source_repo", "acme/api").put("consumer_repo", "acme/shop");
        trigger.set("change_event", TriageJson.toJson(commit()));
        var triggered = skills.execute("trigger_consumer_triage", trigger);
        assertThat(triggered.data().path("status").asString()).isEqualTo("enqueued");
        assertThat(triggered.taskId().map(UUID::toString)).contains(triggered.data().path("task_id").asString());
        var missing = skills.execute("trigger_consumer_triage", trigger.deepCopy().put("consumer_repo", "a/none"));
        assertThat(missing.data().path("status").asString()).isEqualTo("error");
        assertThat(missing.data().path("message").asString()).contains("acme/api", "a/none");

        var status = status(skills, triggered.data().path("task_id").asString());
        assertThat(status.path("status").asString()).isEqualTo("queued");
        assertThat(status.path("target_repo").asString()).isEqualTo("acme/shop");
        start(dependencies);
        ended(triggered.taskId().orElseThrow());
        status = status(skills, triggered.data().path("task_id").asString());
        assertThat(status.path("status").asString()).isEqualTo("finished");
        assertThat(status.path("result").path("urgency").asString()).isEqualTo("critical");
        assertThat(status(skills, "test").path("status").asString()).isEqualTo("not_found");
    }

    @Test
    void refusesAnEventThatIsNotValid() {
        var skills = new SkillRegistry(dependencies(Optional.empty()).skills());
        assertThatThrownBy(() -> skills.execute("receive_change_notification", JSON.readTree("{\"branch\": 1}")))
                .isInstanceOf(InvalidInputException.class).message()
                .contains("/source_repo", "/commit_sha", "/commit_message", "/branch");
    }

    private static JsonNode status(SkillRegistry skills, String id) {
        return skills.execute("get_orchestration_status", JSON.createObjectNode().put("task_id", id)).data();
    }

    private static UUID id(List<ChangeNotifications.Scheduled> scheduled, String target) {
        return scheduled.stream().filter(one -> one.edge().targetRepo().equals(target)).findFirst().orElseThrow()
                .taskId();
    }

    private ChangeEvent commit() {
        return GitCommit.read(directory.resolve("acme/api"), "HEAD", Optional.of("acme/api"));
    }

    private Dependencies dependencies(Optional<TriageModel> model) {
        var settings = AgentSettings.from(Configuration.of(Map.of(AgentSettings.REPOSITORY_ROOTS.name(),
                directory.toString())));
        return Dependencies.of(database, queue, Knowledge.of(database),
                new AgentSettings(settings.repositoryRoots(), settings.gitHubApi(), "",
                        false, Optional.empty(), Duration.ofHours(1), model.orElse(settings.model()), Map.of(),
                        settings.http()),
                new OutboundHttp(settings.http().trusting()));
    }

    private static void importRelationships(Dependencies dependencies) {
        var document = RelationshipDocument.of((ObjectNode) JSON.readTree(RELATIONSHIPS));
        dependencies.relationships().put(document.relationships(), document.locations(), false);
    }

    private void start(Dependencies dependencies) {
        var started = new Worker(queue, AgentDatabase.queueSettings(),
                dependencies.handlers());
        started.start();
        worker = Optional.of(started);
    }

    private Task ended(UUID id) {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(
                () -> queue.find(id).orElseThrow(), task -> task.endedAt().isPresent());
    }

    private record Counting(AtomicInteger asked, TriageResult answer) implements TriageModel {
        @Override
        public String name() {
            return "counting";
        }

        @Override
        public TriageResult decide(TriageRequest request) {
            asked.incrementAndGet();
            return answer;
        }
    }

    private record Failing(AtomicInteger asked) implements TriageModel {
        @Override
        public String name() {
            return "failing";
        }

        @Override
        public TriageResult decide(TriageRequest request) {
            asked.incrementAndGet();
            throw new UnavailableException("model-unavailable", "the provider is down", "wait", null);
        }
    }
}
