package dev.howdah.agent.conformance;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.SendMessageRequest;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.agent.task.Agent;
import dev.howdah.agent.task.AgentOutcome;
import dev.howdah.agent.task.AgentRun;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * The agent that A2A's public test kit expects: what it does is said by how the message's id begins. Messages that name a
 * skill go to the agent that has skills.
 */
public final class KitAgent implements Agent {
    private static final Set<String> INPUT_TYPES = Set.of("text/plain", "text/markdown", "application/json",
            "application/octet-stream");
    private static final String CONTENT = "Generated text content";
    private static final String FILE = "output.txt";
    private static final String FILE_TYPE = "text/plain";
    /** Long enough to be seen at work, and to be subscribed to. */
    private static final Duration DELAY = Duration.ofSeconds(2);
    private static final Duration LONG_DELAY = Duration.ofSeconds(4);

    private final Agent skills;

    public KitAgent(Agent skills) {
        this.skills = skills;
    }

    /** What it does, by how the message's id begins; the first that fits counts. */
    private enum Scenario {
        ARTIFACT_TEXT("tck-artifact-text|tck-stream-(artifact-text|001|003|ordering-001)"), ARTIFACT_FILE_URL(
                "tck-artifact-file-url"), ARTIFACT_FILE("tck-(stream-)?artifact-file"), ARTIFACT_DATA(
                        "tck-artifact-data"), ARTIFACT_CHUNKED("tck-stream-artifact-chunked"), MESSAGE(
                                "tck-message-response"), INPUT_REQUIRED("tck-input-required"), AUTH_REQUIRED(
                                        "tck-auth-required"), REJECT("tck-reject-task"), DELAYED(
                                                "tck-delayed-complete"), LONG_DELAYED("test-resubscribe-message-id"),
        /** Not asked for by the kit: for our own tests of what it cannot bring about. */
        ERROR("howdah-error-"), COMPLETE("");

        private final Pattern beginning;

        Scenario(String beginning) {
            this.beginning = Pattern.compile(beginning);
        }

        static Scenario of(Message message) {
            return Arrays.stream(values())
                    .filter(scenario -> scenario.beginning.matcher(message.messageId()).lookingAt()).findFirst()
                    .orElse(COMPLETE);
        }
    }

    @Override
    public Optional<Message> answer(Caller caller, SendMessageRequest request) {
        if (skillOf(request).isPresent()) {
            return skills.answer(caller, request);
        }
        request.message().parts().forEach(KitAgent::checkType);
        return switch (Scenario.of(request.message())) {
            case MESSAGE -> Optional.of(Message.ofAgent("Direct message response"));
            case ERROR -> throw error(request.message().messageId());
            case ARTIFACT_TEXT, ARTIFACT_FILE_URL, ARTIFACT_FILE, ARTIFACT_DATA, ARTIFACT_CHUNKED, INPUT_REQUIRED,
                    AUTH_REQUIRED, REJECT, DELAYED, LONG_DELAYED, COMPLETE ->
                Optional.empty();
        };
    }

    /** The one that the id ends with, such as {@code howdah-error-task-not-found}. */
    private static A2aException error(String messageId) {
        var name = messageId.substring("howdah-error-".length()).toUpperCase(Locale.ROOT).replace('-', '_');
        return new A2aException(Arrays.stream(A2aError.values()).filter(error -> error.name().equals(name)).findFirst()
                .orElse(A2aError.INVALID_AGENT_RESPONSE), "the message asks for " + name, "send another one");
    }

    private static void checkType(Part part) {
        part.mediaType().filter(type -> !INPUT_TYPES.contains(type)).ifPresent(type -> {
            throw new A2aException(A2aError.CONTENT_TYPE_NOT_SUPPORTED, "a part is of type \"" + type + "\"",
                    "use one of " + String.join(", ", INPUT_TYPES.stream().sorted().toList()));
        });
    }

    @Override
    public Optional<String> skillOf(SendMessageRequest request) {
        return skills.skillOf(request);
    }

    @Override
    public AgentOutcome run(AgentRun run) throws InterruptedException {
        if (run.skill().isPresent()) {
            return skills.run(run);
        }
        return switch (Scenario.of(run.message())) {
            case ARTIFACT_TEXT -> made(run, Part.text(CONTENT));
            case ARTIFACT_FILE -> made(run, Part.raw(CONTENT.getBytes(StandardCharsets.UTF_8), FILE, FILE_TYPE));
            case ARTIFACT_FILE_URL -> made(run, Part.url("https://example.com/" + FILE, FILE, FILE_TYPE));
            case ARTIFACT_DATA -> made(run, Part.data(JsonMapper.shared().createObjectNode().put("key", "value")
                    .put("count", 42)));
            case ARTIFACT_CHUNKED -> madeInChunks(run);
            case INPUT_REQUIRED -> asking("What else?", false);
            case AUTH_REQUIRED -> asking("May I?", true);
            case REJECT -> new AgentOutcome.Rejected(Message.ofAgent("rejected"));
            case DELAYED -> delayed(run, DELAY);
            case LONG_DELAYED -> delayed(run, LONG_DELAY);
            case COMPLETE, MESSAGE, ERROR -> completed("Hello from TCK");
        };
    }

    private static AgentOutcome made(AgentRun run, Part part) {
        run.status(TaskState.WORKING, Optional.empty());
        run.artifact(Artifact.of("result", "result", List.of(part)), false, true);
        return AgentOutcome.completed();
    }

    private static AgentOutcome madeInChunks(AgentRun run) {
        run.status(TaskState.WORKING, Optional.empty());
        run.artifact(Artifact.of("result", "result", List.of(Part.text("chunk-1 "))), false, false);
        run.artifact(Artifact.of("result", "result", List.of(Part.text("chunk-2"))), true, true);
        return AgentOutcome.completed();
    }

    private static AgentOutcome asking(String question, boolean forAuthorization) {
        return new AgentOutcome.Asking(Message.ofAgent(question), forAuthorization,
                JsonMapper.shared().createObjectNode());
    }

    private static AgentOutcome delayed(AgentRun run, Duration delay) throws InterruptedException {
        run.status(TaskState.WORKING, Optional.empty());
        Thread.sleep(delay);
        return completed("Done after delay");
    }

    private static AgentOutcome completed(String text) {
        return new AgentOutcome.Completed(Optional.of(Message.ofAgent(text)));
    }
}
