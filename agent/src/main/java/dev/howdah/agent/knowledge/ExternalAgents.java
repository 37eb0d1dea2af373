package dev.howdah.agent.knowledge;

import static dev.howdah.agent.knowledge.SkillJson.answerSchema;
import static dev.howdah.agent.knowledge.SkillJson.schema;

import dev.howdah.agent.AgentSettings.ExternalAgent;
import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillCategory;
import dev.howdah.agent.SkillResult;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether other agents are well; all are asked at once. */
final class ExternalAgents {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalAgents.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final List<String> KNOWN = List.of("dependency-orchestrator", "pattern-miner");

    private final Map<String, ExternalAgent> agents;
    private final Duration limit;

    ExternalAgents(Map<String, ExternalAgent> agents) {
        this(agents, LIMIT);
    }

    ExternalAgents(Map<String, ExternalAgent> agents, Duration limit) {
        this.agents = new TreeMap<>(agents);
        this.limit = limit;
    }

    Skill skill() {
        return new Skill("health_check_external", "Check external agents",
                "Asks the other agents that are configured for their health, at most five seconds each; one that is not "
                        + "configured is not listed.",
                SkillCategory.QUERY, schema("""
                    {"type": "object", "properties": {}}
                    """), answerSchema("timestamp", "agents", "all_healthy", "not_configured"), Map.of(), false, false,
                input -> {
                    var answer = SkillJson.success().put("timestamp", Instant.now().toString());
                    var states = answer.putObject("agents");
                    boolean all = true;
                    for (var state : ask().entrySet()) {
                        boolean healthy = state.getValue().join();
                        states.put(state.getKey(), healthy);
                        all &= healthy;
                    }
                    answer.set("not_configured", SkillJson.array(KNOWN.stream()
                            .filter(name -> !agents.containsKey(name)).toList()));
                    return SkillResult.of(answer.put("all_healthy", all));
                });
    }

    private Map<String, CompletableFuture<Boolean>> ask() {
        var answers = new TreeMap<String, CompletableFuture<Boolean>>();
        if (!agents.isEmpty()) {
            var client = HttpClient.newBuilder().connectTimeout(limit).build();
            agents.forEach((name, agent) -> answers.put(name, ask(client, name, agent)));
        }
        return answers;
    }

    private CompletableFuture<Boolean> ask(HttpClient client, String name, ExternalAgent agent) {
        var root = agent.address().toString().replaceFirst("/+$", "");
        var request = HttpRequest.newBuilder(URI.create(root + "/health")).timeout(limit);
        if (!agent.token().isEmpty()) {
            request.header("Authorization", "Bearer " + agent.token());
        }
        return client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
                .orTimeout(limit.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .thenApply(answer -> answer.statusCode() == 200)
                .exceptionally(e -> {
                    LOG.info("Agent {} did not answer: {}", name, e.getMessage());
                    return false;
                });
    }
}
