package dev.howdah.agent.model;

import dev.howdah.agent.model.ModelMessage.Role;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.LimitExceededException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What a language model is asked.
 *
 * @param purpose what for, by which calls are summed up: 1 to 64 lower-case letters, digits, {@code _}, {@code -} and dots
 * @param system rules that stand before the conversation; empty means none
 * @param messages the conversation, which ends with what the user says
 * @param schema JSON Schema that the answer has to fit; absent for a plain text
 * @param outputTokensMax tokens that the answer may have; absent for those of {@code howdah.agent.model.output-tokens-max}
 * @param timeout longest wait for one attempt; absent for {@code howdah.agent.model.timeout}
 * @param taskId the task that it belongs to; absent for the one whose handler asks, if there is one
 */
public record ModelRequest(String purpose, String system, List<ModelMessage> messages, Optional<JsonNode> schema,
        OptionalInt outputTokensMax, Optional<Duration> timeout, Optional<UUID> taskId) {
    /** Turns of one request. */
    public static final int MESSAGES_MAX = 1_000;
    /** Characters of all texts of a request. */
    public static final int CHARACTERS_MAX = 2_000_000;

    private static final Pattern PURPOSE = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,63}");

    /**
     * Checks everything.
     *
     * @throws InvalidInputException {@code model-request-invalid}, with every fault
     * @throws LimitExceededException {@code model-request-too-large}
     */
    public ModelRequest {
        messages = List.copyOf(messages);
        check(purpose, messages, schema, outputTokensMax, timeout);
        long characters = system.length() + messages.stream().mapToLong(message -> message.text().length()).sum();
        if (characters > CHARACTERS_MAX) {
            throw new LimitExceededException("model-request-too-large", "the request has " + characters
                    + " characters", "send at most " + CHARACTERS_MAX);
        }
    }

    /** One question. */
    public static ModelRequest of(String purpose, String prompt) {
        return new ModelRequest(purpose, "", List.of(ModelMessage.user(prompt)), Optional.empty(),
                OptionalInt.empty(), Optional.empty(), Optional.empty());
    }

    /** With rules before the conversation. */
    public ModelRequest withSystem(String text) {
        return new ModelRequest(purpose, text, messages, schema, outputTokensMax, timeout, taskId);
    }

    /** With a schema that the answer has to fit. */
    public ModelRequest withSchema(JsonNode given) {
        return new ModelRequest(purpose, system, messages, Optional.of(given), outputTokensMax, timeout, taskId);
    }

    /** With a limit on the answer. */
    public ModelRequest withOutputTokensMax(int tokens) {
        return new ModelRequest(purpose, system, messages, schema, OptionalInt.of(tokens), timeout, taskId);
    }

    /** With a limit on the wait for one attempt. */
    public ModelRequest withTimeout(Duration limit) {
        return new ModelRequest(purpose, system, messages, schema, outputTokensMax, Optional.of(limit), taskId);
    }

    /** As part of a task. */
    public ModelRequest withTask(UUID id) {
        return new ModelRequest(purpose, system, messages, schema, outputTokensMax, timeout, Optional.of(id));
    }

    private static void check(String purpose, List<ModelMessage> messages, Optional<JsonNode> schema,
            OptionalInt outputTokensMax, Optional<Duration> timeout) {
        var faults = new ArrayList<Fault>();
        if (!PURPOSE.matcher(purpose).matches()) {
            faults.add(new Fault("purpose", "\"" + purpose + "\" is no purpose",
                    "use 1 to 64 lower-case letters, digits, _, - and dots"));
        }
        if (messages.isEmpty() || messages.size() > MESSAGES_MAX) {
            faults.add(new Fault("messages", messages.size() + " messages", "send 1 to " + MESSAGES_MAX));
        } else if (messages.getLast().role() != Role.USER) {
            faults.add(new Fault("messages", "the last one is the model's", "end with what the user says"));
        }
        if (messages.stream().anyMatch(message -> message.text().isBlank())) {
            faults.add(new Fault("messages", "one is blank", "leave it out, or say something"));
        }
        schema.filter(given -> !given.isObject()).ifPresent(given -> faults.add(new Fault("schema",
                "is no object", "write a JSON Schema, for example {\"type\": \"object\"}")));
        if (outputTokensMax.isPresent() && outputTokensMax.getAsInt() < 1) {
            faults.add(new Fault("output_tokens_max", outputTokensMax.getAsInt() + " is too small", "use at least 1"));
        }
        timeout.filter(limit -> !limit.isPositive()).ifPresent(limit -> faults.add(new Fault("timeout",
                limit + " is too short", "use a positive duration")));
        if (!faults.isEmpty()) {
            throw new InvalidInputException("model-request-invalid", faults);
        }
    }

    /** Without what is asked: a prompt has no place in logs. */
    @Override
    public String toString() {
        return "ModelRequest[" + purpose + ", " + messages.size() + " messages]";
    }
}
