package dev.howdah.agent.a2a;

import java.util.Optional;

/**
 * Where events of a task are posted to.
 *
 * @param id unique within its task; given by the client or made here
 * @param taskId empty as long as it rides on the message that begins the task
 * @param token sent along, so that the receiver knows that it is meant
 * @param authentication how the receiver wants to be spoken to
 */
public record PushConfig(String id, String taskId, String url, Optional<String> token,
        Optional<Authentication> authentication) {

    /** A scheme of HTTP authentication, such as {@code Bearer}, and what follows it. */
    public record Authentication(String scheme, Optional<String> credentials) {
        @Override
        public String toString() {
            return scheme;
        }
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return taskId + "/" + id + " to " + url;
    }
}
