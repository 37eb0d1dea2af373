package dev.howdah.agent.client;

import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.Role;
import dev.howdah.agent.task.SkillAgent;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Setting;
import dev.howdah.queue.NewTask;
import dev.howdah.workflow.NodeAnswer;
import dev.howdah.workflow.NodeHandler;
import dev.howdah.workflow.NodeRun;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A node that has a remote agent do something: {@code {agent, message | input, skill, timeout}}. The message's id is made of
 * the execution, the node and the attempt, so that it is the same however often it is sent.
 */
final class AgentNode implements NodeHandler {
    private final RemoteAgents agents;

    AgentNode(RemoteAgents agents) {
        this.agents = agents;
    }

    @Override
    public boolean takes(String name) {
        return agents.isKnown(name);
    }

    @Override
    public NodeAnswer handle(NodeRun run) {
        var config = run.config();
        var agent = agents.find(config.path("agent").asString("")).name();
        return new NodeAnswer.UntilNewTask(task(agent, message(run, config), timeout(config)));
    }

    private NewTask task(String agent, Message message, Optional<Duration> timeout) {
        var payload = JsonMapper.shared().createObjectNode().put(RemoteTasks.AGENT, agent)
                .put(RemoteTasks.TIMEOUT, timeout.orElse(agents.settings().waitMax()).toMillis());
        payload.set(RemoteTasks.MESSAGE, ProtoJson.message(message));
        return NewTask.of(RemoteTasks.TYPE, payload).withKey(RemoteTasks.key(message.messageId()))
                .withMaxAttempts(RemoteTasks.ATTEMPTS_MAX);
    }

    private static Message message(NodeRun run, JsonNode config) {
        var id = UUID.nameUUIDFromBytes((run.idempotencyKey() + "/" + run.attempt()).getBytes(StandardCharsets.UTF_8));
        var part = config.has("input") ? Part.data(config.path("input")) : said(config.path("message"));
        var metadata = Optional.of(config.path("skill").asString("")).filter(skill -> !skill.isEmpty())
                .map(skill -> JsonMapper.shared().createObjectNode().put(SkillAgent.SKILL, skill));
        return new Message(id.toString(), Optional.empty(), Optional.empty(), Role.USER, List.of(part), metadata,
                List.of(), List.of());
    }

    /** What an expression gives may be anything. */
    private static Part said(JsonNode message) {
        return message.isString() ? Part.text(message.asString()) : Part.data(message);
    }

    private static Optional<Duration> timeout(JsonNode config) {
        if (!config.hasNonNull("timeout")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Setting.parseDuration(config.path("timeout").asString()));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("workflow-invalid", "config.timeout", config.path("timeout")
                    + " is no duration", "use a number with ms, s, m, h or d, for example 30s");
        }
    }
}
