package dev.howdah.agent.mcp;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aOperations;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.GetTaskRequest;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.SendMessageRequest.Configuration;
import dev.howdah.agent.a2a.StreamItem;
import dev.howdah.agent.a2a.Task;
import dev.howdah.agent.task.SkillAgent;
import dev.howdah.postgres.Database;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The extension of tasks: calls of skills that go on by themselves, on the engine that A2A uses, so that one is seen by both
 * protocols. Thread-safe.
 */
public final class McpTasks {
    /** The name of the extension. */
    public static final String EXTENSION = "io.modelcontextprotocol/tasks";
    /** Its methods. */
    static final Set<String> METHODS = Set.of("tasks/get", "tasks/update", "tasks/cancel");

    static final String VERSIONS = """
        SELECT id, last_sequence
          FROM agent_tasks
         WHERE id = ANY (:ids)
        """;

    static final String VISIBLE = """
        SELECT id
          FROM agent_tasks
         WHERE id = ANY (:ids) AND owner = :owner
         ORDER BY id
        """;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Database database;
    private final A2aOperations tasks;
    private final McpAnswers answers;
    private final McpTaskJson json;

    /**
     * Tasks of an agent with skills.
     *
     * @param retention how long tasks are kept after their end
     */
    public McpTasks(Database database, A2aOperations tasks, Duration retention) {
        this.database = database;
        this.tasks = tasks;
        this.answers = new McpAnswers(database, retention);
        this.json = new McpTaskJson(retention);
    }

    /** Whether skills may become tasks, and whether they must. */
    public enum Support {
        NONE, OPTIONAL, REQUIRED
    }

    /** Has a skill run as a task, which is stored when this returns. */
    public McpOutcome defer(McpClient client, String skill, JsonNode arguments) {
        try {
            return new McpOutcome.Deferred(begin(client, skill, arguments));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return McpOutcome.error("The call was cancelled.");
        }
    }

    private ObjectNode begin(McpClient client, String skill, JsonNode arguments) throws InterruptedException {
        var metadata = JSON.createObjectNode().put(SkillAgent.SKILL, skill);
        return json.task(send(client, new SendMessageRequest(SkillAgent.message(skill, arguments), immediately(),
                Optional.of(metadata))));
    }

    private static Configuration immediately() {
        return new Configuration(List.of(), Optional.empty(), OptionalInt.of(0), true);
    }

    private Task send(McpClient client, SendMessageRequest request) throws InterruptedException {
        StreamItem answer = tasks.send(caller(client), request);
        if (answer instanceof Task task) {
            return task;
        }
        throw new McpException(McpErrorCode.INTERNAL, "the agent answered without a task", "report it");
    }

    private static Caller caller(McpClient client) {
        return Caller.of(client.caller().principal());
    }

    /**
     * Carries out one of {@link #METHODS}.
     *
     * @throws McpException if there is no such task, or the client did not declare the extension
     */
    ObjectNode call(String method, ObjectNode params, McpClient client) throws InterruptedException {
        client.requireExtension(EXTENSION);
        if (!params.path("taskId").isString()) {
            throw McpMethods.invalid("taskId is missing or no string", "add it");
        }
        var id = params.path("taskId").asString();
        try {
            return switch (method) {
                case "tasks/get" -> get(id, client);
                case "tasks/update" -> update(id, McpMethods.inputs(params.path("inputResponses")), client);
                default -> cancel(id, client);
            };
        } catch (A2aException e) {
            throw e.error() == A2aError.TASK_NOT_FOUND
                    ? McpMethods.invalid("there is no task \"" + id + "\"", "use the id that tools/call answered with")
                    : McpException.of(e);
        }
    }

    private ObjectNode get(String id, McpClient client) throws InterruptedException {
        var task = find(id, client);
        var asked = McpQuestions.of(task);
        if (asked.isEmpty()) {
            return json.details(task);
        }
        var known = answers.find(UUID.fromString(task.id()), asked.get().id());
        if (known.keySet().containsAll(asked.get().byKey().keySet())) {
            goOn(task, asked.get(), known, client); // whoever took the last answer did not come so far
            return json.details(find(id, client));
        }
        var details = json.details(task);
        details.set("inputRequests", asked.get().without(known.keySet()));
        return details;
    }

    /** What changes when one of these tasks changes, by id. */
    public Map<String, String> versions(Collection<String> ids) {
        var versions = new HashMap<String, String>();
        database.withHandle(handle -> handle.createQuery(VERSIONS)
                .bind("ids", ids.stream().map(UUID::fromString).toArray(UUID[]::new))
                .map((row, context) -> Map.entry(row.getString("id"), row.getString("last_sequence"))).list())
                .forEach(version -> versions.put(version.getKey(), version.getValue()));
        return versions;
    }

    /** Those of the tasks that the client may see, by their ids as they are stored. */
    List<String> visible(Collection<String> ids, McpClient client) {
        var wanted = ids.stream().limit(McpChanges.WATCHED_MAX + 1L).flatMap(McpTasks::id).toArray(UUID[]::new);
        return database.withHandle(handle -> handle.createQuery(VISIBLE).bind("ids", wanted)
                .bind("owner", caller(client).owner()).mapTo(String.class).list());
    }

    private static Stream<UUID> id(String text) {
        try {
            return Stream.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Stream.empty();
        }
    }

    /** A task as a notification tells it. */
    ObjectNode details(String id, McpClient client) {
        return json.details(find(id, client));
    }

    private Task find(String id, McpClient client) {
        return tasks.get(caller(client), new GetTaskRequest(id, OptionalInt.of(0)));
    }

    /** Answers to what is not asked for are passed over, so that a repetition does no harm. */
    private ObjectNode update(String id, Map<String, ObjectNode> inputs, McpClient client)
            throws InterruptedException {
        var task = find(id, client);
        var asked = McpQuestions.of(task);
        if (asked.isEmpty()) {
            return JSON.createObjectNode();
        }
        var given = JSON.createObjectNode();
        for (var key : asked.get().byKey().keySet()) {
            var input = inputs.get(key);
            if (input != null && !input.path("action").asString("").equals("accept")) {
                return cancel(id, client); // without the answer it cannot go on
            }
            if (input != null) {
                given.set(key, input.path("content"));
            }
        }
        var known = answers.put(UUID.fromString(task.id()), asked.get().id(), given);
        if (known.keySet().containsAll(asked.get().byKey().keySet())) {
            goOn(task, asked.get(), known, client);
        }
        return JSON.createObjectNode();
    }

    /** The message's id is made of the question's: sent again after a crash, it is taken once. */
    private void goOn(Task task, McpQuestions asked, Map<String, JsonNode> known, McpClient client)
            throws InterruptedException {
        var data = JSON.createObjectNode();
        known.forEach(data::set);
        var said = Message.ofUser(List.of(Part.data(data)));
        var message = new Message("mcp-" + asked.id(), said.contextId(), Optional.of(task.id()), said.role(),
                said.parts(), said.metadata(), said.extensions(), said.referenceTaskIds());
        send(client, new SendMessageRequest(message, immediately(), Optional.empty()));
        answers.delete(UUID.fromString(task.id()));
    }

    /** Whatever has ended stays so, and the answer is the same. */
    private ObjectNode cancel(String id, McpClient client) {
        try {
            tasks.cancel(caller(client), id);
        } catch (A2aException e) {
            if (e.error() != A2aError.TASK_NOT_CANCELABLE) {
                throw e;
            }
        }
        return JSON.createObjectNode();
    }
}
