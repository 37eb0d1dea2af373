package dev.howdah.agent.model;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.List;

/**
 * Which language model is asked, within which limits, and how long its calls are remembered.
 *
 * @param provider who provides it; never {@link ModelProvider#AUTO}
 * @param key the provider's; empty means none; never logged
 * @param model the model's name at its provider; empty without a provider
 * @param url the provider's root; empty means its public one
 * @param timeout longest wait for one attempt, from the first byte sent to the last one received
 * @param attempts requests that are sent at most, the first included
 * @param concurrency requests of this process that are under way at once; others wait for their turn
 * @param outputTokensMax tokens of an answer, where the request says nothing else
 * @param prices what models cost
 * @param retention how long calls are remembered
 */
public record ModelSettings(ModelProvider provider, String key, String model, String url, Duration timeout,
        int attempts, int concurrency, int outputTokensMax, ModelPrices prices, Duration retention) {
    public static final Setting<ModelProvider> PROVIDER = Setting.choice("howdah.agent.model.provider",
            ModelProvider.class, ModelProvider.AUTO,
            "Who decides: built-in, anthropic, openai (or anything compatible), "
                    + "ollama; auto takes the first whose key is set, else built-in.");
    public static final Setting<String> ANTHROPIC_KEY = Setting.secret("howdah.agent.model.anthropic-key",
            "Key for Anthropic.", "ANTHROPIC_API_KEY");
    public static final Setting<String> OPENAI_KEY = Setting.secret("howdah.agent.model.openai-key",
            "Key for OpenAI or what is compatible with it.", "OPENAI_API_KEY");
    public static final Setting<String> NAME = Setting.text("howdah.agent.model.name", "",
            "Name of the model; empty means a usual one of the provider.");
    public static final Setting<String> URL = Setting.text("howdah.agent.model.url", "",
            "Base URL of the provider; empty means its public one, for ollama http://localhost:11434.",
            "OLLAMA_BASE_URL");
    public static final Setting<Duration> TIMEOUT = Setting.duration("howdah.agent.model.timeout", "60s",
            "Longest wait for an answer of the model.");
    public static final Setting<Integer> ATTEMPTS = Setting.integer("howdah.agent.model.attempts", 3, 1, 10,
            "Requests that are sent at most for one question, if the provider is overloaded or cannot be reached.");
    public static final Setting<Integer> CONCURRENCY = Setting.integer("howdah.agent.model.concurrency", 8, 1, 1000,
            "Requests to the model that a process has under way at once; others wait for their turn.");
    public static final Setting<Integer> OUTPUT_TOKENS_MAX = Setting.integer("howdah.agent.model.output-tokens-max",
            2000, 1, 200_000, "Tokens that an answer may have, where nothing else is asked for.");
    public static final Setting<List<String>> PRICES = Setting.list("howdah.agent.model.prices", "",
            "What models cost in US dollars for a million tokens read and written: gpt-4o-mini=0.15/0.60, separated by "
                    + "commas. Others cost what their model card says.");
    public static final Setting<Duration> RETENTION = Setting.duration("howdah.agent.model.calls-retention", "90d",
            "How long it is remembered what was asked of models, and what it cost.");

    private static final String OLLAMA_URL = "http://localhost:11434";

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static ModelSettings from(Configuration configuration) {
        var anthropicKey = configuration.get(ANTHROPIC_KEY);
        var openAiKey = configuration.get(OPENAI_KEY);
        var name = configuration.get(NAME);
        var url = configuration.get(URL);
        var timeout = configuration.get(TIMEOUT);
        var provider = configuration.get(PROVIDER);
        if (provider == ModelProvider.AUTO) {
            provider = !anthropicKey.isEmpty()
                    ? ModelProvider.ANTHROPIC
                    : !openAiKey.isEmpty() ? ModelProvider.OPENAI : ModelProvider.BUILT_IN;
        }
        if (provider == ModelProvider.ANTHROPIC && anthropicKey.isEmpty()) {
            configuration
                    .problem("howdah.agent.model.provider is anthropic, but there is no key; set ANTHROPIC_API_KEY");
        }
        if (provider == ModelProvider.OPENAI && openAiKey.isEmpty() && url.isEmpty()) {
            configuration.problem("howdah.agent.model.provider is openai, but there is no key; set OPENAI_API_KEY");
        }
        var key = provider == ModelProvider.ANTHROPIC ? anthropicKey : openAiKey;
        return new ModelSettings(provider, key, or(name, usualName(provider)),
                provider == ModelProvider.OLLAMA ? or(url, OLLAMA_URL) : url, timeout, configuration.get(ATTEMPTS),
                configuration.get(CONCURRENCY), configuration.get(OUTPUT_TOKENS_MAX), prices(configuration),
                configuration.get(RETENTION));
    }

    private static String usualName(ModelProvider provider) {
        return switch (provider) {
            case AUTO, BUILT_IN -> "";
            case ANTHROPIC -> "claude-sonnet-4-20250514";
            case OPENAI -> "gpt-4o-mini";
            case OLLAMA -> "llama3.1";
        };
    }

    private static ModelPrices prices(Configuration configuration) {
        try {
            return ModelPrices.of(configuration.get(PRICES));
        } catch (IllegalArgumentException e) {
            configuration.problem(PRICES.name() + ": " + e.getMessage());
            return ModelPrices.of(List.of());
        }
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    /** Everything but the key. */
    @Override
    public String toString() {
        return "provider=" + provider.label() + " model=" + model + " timeout=" + timeout + " attempts=" + attempts
                + " concurrency=" + concurrency + " outputTokensMax=" + outputTokensMax + " retention=" + retention;
    }
}
