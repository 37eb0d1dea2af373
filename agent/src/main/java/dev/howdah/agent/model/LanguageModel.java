package dev.howdah.agent.model;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A language model, of whatever provider. Each call is bounded in time and size, tried again where that may help, and
 * accounted for in {@link ModelCalls}, also if it fails. Thread-safe; the caller's thread waits.
 *
 * <pre>{@code
 * var answer = model.ask(ModelRequest.of("summary", "Put this into one sentence: " + text));
 * }</pre>
 */
public interface LanguageModel {
    /** Provider and model, such as {@code anthropic:claude-sonnet-4-20250514}. */
    String name();

    /**
     * Asks, and waits for the whole answer.
     *
     * @throws dev.howdah.postgres.UnavailableException if the provider cannot be reached, is overloaded or refuses the key, or
     *         if the answer is not as asked for; the message has a remedy
     * @throws dev.howdah.postgres.InvalidInputException {@code model-request-refused}, if the provider does not accept what is
     *         asked
     * @throws dev.howdah.postgres.NotFoundException {@code model-not-found}, if the provider has no model of the name
     * @throws dev.howdah.postgres.LimitExceededException if the request or its answer is too large
     */
    ModelAnswer ask(ModelRequest request);

    /**
     * The same, each piece of the answer handed over as it comes, on the caller's thread. Once a piece was handed over, the
     * request is not sent again.
     *
     * @param piece takes texts that together are the answer's; what it throws ends the call
     */
    ModelAnswer stream(ModelRequest request, Consumer<String> piece);

    /** Answers prompts with texts, for what needs no more of a model than that. */
    default Function<String, String> prompting(String purpose) {
        return prompt -> ask(ModelRequest.of(purpose, prompt)).text();
    }
}
