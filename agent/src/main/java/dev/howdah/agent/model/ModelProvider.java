package dev.howdah.agent.model;

import java.util.Locale;

/** Who provides a language model. */
public enum ModelProvider {
    /** The first whose key is set. */
    AUTO,
    /** Nobody: built-in rules take the place of a model. */
    BUILT_IN, ANTHROPIC,
    /** OpenAI, or whatever is compatible with it. */
    OPENAI, OLLAMA;

    /** As in names of models and in tables. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
