package dev.howdah.workflow;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An execution to be started. Immutable; every {@code with} answers a copy.
 *
 * @param workflowId which workflow
 * @param version the newest if absent
 * @param input what it works on; an object
 * @param key at most one execution with this key is under way: starting another one answers with that one's id
 * @param schedule which starts it
 */
public record NewExecution(String workflowId, Optional<Integer> version, JsonNode input, Optional<String> key,
        Optional<String> schedule) {
    /** The newest version with this input. */
    public static NewExecution of(String workflowId, JsonNode input) {
        return new NewExecution(workflowId, Optional.empty(), input, Optional.empty(), Optional.empty());
    }

    /** The newest version without input. */
    public static NewExecution of(String workflowId) {
        return of(workflowId, JsonMapper.shared().createObjectNode());
    }

    public NewExecution withVersion(int value) {
        return new NewExecution(workflowId, Optional.of(value), input, key, schedule);
    }

    public NewExecution withKey(String value) {
        return new NewExecution(workflowId, version, input, Optional.of(value), schedule);
    }

    public NewExecution withSchedule(String value) {
        return new NewExecution(workflowId, version, input, key, Optional.of(value));
    }
}
