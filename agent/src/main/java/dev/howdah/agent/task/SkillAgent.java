package dev.howdah.agent.task;

import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.SkillResult;
import dev.howdah.agent.SkillRun;
import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.queue.Task;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The agent that has the skills. A message names its skill in its metadata or in that of the request, as {@code skill}, and
 * gives the input as a data part; or it is one data part {@code {"skill": …, "input": {…}}}. Plain text is the input of a
 * skill that needs one text only. What a skill answers becomes the artifact {@code result}.
 */
public final class SkillAgent implements Agent {
    /** Where metadata and data parts name the skill. */
    public static final String SKILL = "skill";
    private static final String INPUT = "input";
    private static final String RESULT = "result";

    private final SkillRegistry skills;
    private final TaskQueue queue;

    /**
     * An agent with these skills.
     *
     * @param queue where asynchronous skills put their tasks
     */
    public SkillAgent(SkillRegistry skills, TaskQueue queue) {
        this.skills = skills;
        this.queue = queue;
    }

    /** A message that has a skill run with an input. */
    public static Message message(String skill, JsonNode input) {
        var data = JsonMapper.shared().createObjectNode().put(SKILL, skill);
        data.set(INPUT, input);
        return Message.ofUser(List.of(Part.data(data)));
    }

    @Override
    public Optional<String> skillOf(SendMessageRequest request) {
        return named(request.metadata()).or(() -> named(request.message()));
    }

    private static Optional<String> named(Optional<ObjectNode> metadata) {
        return metadata.map(json -> json.path(SKILL)).filter(JsonNode::isString).map(JsonNode::asString);
    }

    private static Optional<String> named(Message message) {
        return named(message.metadata()).or(() -> message.data().filter(SkillAgent::isCall)
                .map(data -> data.path(SKILL).asString()));
    }

    private static boolean isCall(JsonNode data) {
        return data.path(SKILL).isString() && (data.size() == 1 || (data.size() == 2 && data.path(INPUT).isObject()));
    }

    @Override
    public AgentOutcome run(AgentRun run) throws InterruptedException {
        var awaited = run.continuation().filter(json -> json.has("awaits"));
        if (awaited.isPresent()) {
            return afterTask(run, awaited.get());
        }
        var name = run.skill().or(() -> run.continuation().map(json -> json.path(SKILL)).filter(JsonNode::isString)
                .map(JsonNode::asString)).or(() -> run.messages().reversed().stream()
                        .flatMap(message -> named(message)
                                .stream())
                        .findFirst());
        if (name.isEmpty()) {
            return askForSkill();
        }
        var skill = skills.find(name.get());
        if (skill.isEmpty()) {
            throw new InvalidInputException("skill-unknown", SKILL, "there is no skill \"" + name.get() + "\"",
                    "use one of " + names());
        }
        var answers = run.continuation().filter(json -> json.has("questions"));
        var input = answers.isPresent() ? answers.get().path(INPUT) : input(skill.get(), run.message());
        var result = skills.execute(skill.get().name(), input,
                new Adapter(run, answers.map(json -> new SkillRun.Answers(
                        answers(json.path("questions"), run.message()), json.path("state")))));
        return outcome(run, skill.get(), input, result);
    }

    private String names() {
        return skills.all().stream().map(Skill::name).collect(Collectors.joining(", "));
    }

    private AgentOutcome askForSkill() {
        return new AgentOutcome.Asking(
                Message.ofAgent("Which skill? Name it in the message's metadata as \"skill\" and "
                        + "send its input as a data part. There are: " + names()),
                false,
                JsonMapper.shared().createObjectNode());
    }

    private static JsonNode input(Skill skill, Message message) {
        var data = message.data();
        if (data.isPresent()) {
            return isCall(data.get()) ? call(data.get()) : data.get();
        }
        var text = message.text().strip();
        if (text.startsWith("{")) {
            try {
                return JsonMapper.shared().readTree(text);
            } catch (JacksonException e) {
                // plain text that begins like JSON
            }
        }
        var input = JsonMapper.shared().createObjectNode();
        onlyText(skill).ifPresent(field -> input.put(field, text));
        return input;
    }

    private static JsonNode call(JsonNode data) {
        return data.has(INPUT) ? data.path(INPUT) : JsonMapper.shared().createObjectNode();
    }

    /** The one field that a text can be meant for. */
    private static Optional<String> onlyText(Skill skill) {
        var required = skill.inputSchema().path("required");
        return Optional.of(required).filter(names -> names.size() == 1).map(names -> names.get(0).asString())
                .filter(field -> skill.inputSchema().path("properties").path(field).path("type").asString("")
                        .equals("string"));
    }

    private static JsonNode answers(JsonNode questions, Message message) {
        var data = message.data();
        if (data.isPresent() && data.get().isObject()) {
            return data.get();
        }
        var answers = JsonMapper.shared().createObjectNode();
        questions.propertyNames().stream().findFirst().ifPresent(key -> answers.put(key, message.text()));
        return answers;
    }

    private AgentOutcome outcome(AgentRun run, Skill skill, JsonNode input, SkillResult result) {
        if (result.questions().isPresent()) {
            return asking(skill, input, result.questions().get());
        }
        if (result.taskId().isPresent()) {
            var continuation = JsonMapper.shared().createObjectNode().put("awaits", result.taskId().get().toString())
                    .put(SKILL, skill.name());
            continuation.set("data", result.data());
            return new AgentOutcome.Waiting(result.taskId().get(), continuation);
        }
        run.artifact(result(result.data()), false, true);
        return AgentOutcome.completed();
    }

    private static AgentOutcome asking(Skill skill, JsonNode input, SkillResult.Questions asked) {
        var continuation = JsonMapper.shared().createObjectNode().put(SKILL, skill.name());
        continuation.set(INPUT, input);
        continuation.set("state", asked.state());
        var questions = continuation.putObject("questions");
        asked.byKey().forEach((key, question) -> questions.putObject(key).put("message", question.message())
                .set("schema", question.schema()));
        var parts = new ArrayList<Part>();
        asked.byKey().values().forEach(question -> parts.add(Part.text(question.message())));
        parts.add(Part.data(JsonMapper.shared().createObjectNode().set("questions", questions.deepCopy())));
        return new AgentOutcome.Asking(Message.ofAgent(parts), false, continuation);
    }

    /** What the skill had done by a task of the queue, once that has ended. */
    private AgentOutcome afterTask(AgentRun run, JsonNode continuation) {
        var task = queue.find(UUID.fromString(continuation.path("awaits").asString()));
        if (task.isEmpty() || task.get().state() != TaskState.FINISHED) {
            return new AgentOutcome.Failed(Message.ofAgent("the task " + continuation.path("awaits").asString()
                    + " is " + task.map(SkillAgent::ending).orElse("gone")));
        }
        var data = JsonMapper.shared().createObjectNode();
        data.set("answer", continuation.path("data"));
        task.get().result().ifPresent(result -> data.set(RESULT, result));
        run.artifact(result(data), false, true);
        return AgentOutcome.completed();
    }

    private static String ending(Task task) {
        return task.state().name().toLowerCase(Locale.ROOT) + task.error().map(error -> ": " + error).orElse("");
    }

    private static Artifact result(JsonNode data) {
        return Artifact.of(RESULT, RESULT, List.of(data.isString() ? Part.text(data.asString()) : Part.data(data)));
    }

    /** A run of the agent as a skill sees it. */
    private record Adapter(AgentRun run, Optional<Answers> answers) implements SkillRun {
        @Override
        public Optional<UUID> taskId() {
            return Optional.of(run.taskId());
        }

        @Override
        public void progress(int percent, String message) {
            run.progress(percent, message);
        }

        @Override
        public void log(String line) {
            run.log(line);
        }

        @Override
        public void artifact(Artifact artifact, boolean append, boolean lastChunk) {
            run.artifact(artifact, append, lastChunk);
        }

        @Override
        public boolean isStopped() {
            return run.isStopped();
        }
    }
}
