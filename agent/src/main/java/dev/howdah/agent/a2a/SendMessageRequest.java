package dev.howdah.agent.a2a;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/**
 * A message for the agent, which begins a task or goes on with one.
 *
 * @param metadata for extensions; {@code skill} names the skill, if the message does not
 */
public record SendMessageRequest(Message message, Configuration configuration, Optional<ObjectNode> metadata) {

    /**
     * How the client wants its answer.
     *
     * @param acceptedOutputModes media types; empty for any
     * @param push where events of the task are to be posted to
     * @param historyLength see {@link GetTaskRequest}
     * @param returnImmediately whether not to wait until the task has come to an end or to a question
     */
    public record Configuration(List<String> acceptedOutputModes, Optional<PushConfig> push,
            OptionalInt historyLength, boolean returnImmediately) {
        public static final Configuration DEFAULT = new Configuration(List.of(), Optional.empty(),
                OptionalInt.empty(), false);

        public Configuration {
            acceptedOutputModes = List.copyOf(acceptedOutputModes);
        }
    }

    public static SendMessageRequest of(Message message) {
        return new SendMessageRequest(message, Configuration.DEFAULT, Optional.empty());
    }
}
