package dev.howdah.agent.model;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a language model answered.
 *
 * @param model provider and model, as {@link LanguageModel#name}
 * @param text as it came
 * @param json the text as JSON that fits the schema; absent if none was asked for
 * @param inputTokens tokens that were read, as the provider counts them; 0 if it does not say
 * @param outputTokens tokens that were written
 * @param finishReason why it ends where it does
 */
public record ModelAnswer(String model, String text, Optional<JsonNode> json, long inputTokens, long outputTokens,
        FinishReason finishReason) {
    /** Why an answer ends. */
    public enum FinishReason {
        /** Everything is said. */
        STOP,
        /** The limit on tokens is reached; the text is cut. */
        LENGTH,
        /** The provider held something back. */
        CONTENT_FILTER,
        /** Anything else. */
        OTHER
    }

    /** Without the text: what it says has no place in logs. */
    @Override
    public String toString() {
        return "ModelAnswer[" + model + ", " + inputTokens + " + " + outputTokens + " tokens, " + finishReason + "]";
    }
}
