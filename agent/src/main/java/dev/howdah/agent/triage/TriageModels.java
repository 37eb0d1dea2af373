package dev.howdah.agent.triage;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.time.Duration;
import java.util.Locale;

/** Which model decides: the built-in rules, or a language model where one is configured. */
public final class TriageModels {
    /** Who provides the model. */
    public enum Provider {
        AUTO, BUILT_IN, ANTHROPIC, OPENAI, OLLAMA
    }

    public static final Setting<Provider> PROVIDER = Setting.choice("howdah.agent.model.provider", Provider.class,
            Provider.AUTO, "Who decides: built-in, anthropic, openai (or anything compatible), ollama; auto takes the "
                    + "first whose key is set, else built-in.");
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

    private static final int OUTPUT_TOKENS_MAX = 2000;

    private TriageModels() {}

    /** Reads the settings and makes the model; nothing is asked yet. What is wrong is noted in the configuration. */
    public static TriageModel from(Configuration configuration) {
        var anthropicKey = configuration.get(ANTHROPIC_KEY);
        var openAiKey = configuration.get(OPENAI_KEY);
        var name = configuration.get(NAME);
        var url = configuration.get(URL);
        var timeout = configuration.get(TIMEOUT);
        var provider = configuration.get(PROVIDER);
        if (provider == Provider.AUTO) {
            provider = !anthropicKey.isEmpty()
                    ? Provider.ANTHROPIC
                    : !openAiKey.isEmpty() ? Provider.OPENAI : Provider.BUILT_IN;
        }
        if (provider == Provider.ANTHROPIC && anthropicKey.isEmpty()) {
            configuration
                    .problem("howdah.agent.model.provider is anthropic, but there is no key; set ANTHROPIC_API_KEY");
            return new BuiltInTriageModel();
        }
        if (provider == Provider.OPENAI && openAiKey.isEmpty() && url.isEmpty()) {
            configuration.problem("howdah.agent.model.provider is openai, but there is no key; set OPENAI_API_KEY");
            return new BuiltInTriageModel();
        }
        return switch (provider) {
            case AUTO, BUILT_IN -> new BuiltInTriageModel();
            case ANTHROPIC -> model(provider, or(name, "claude-sonnet-4-20250514"),
                    model -> anthropic(anthropicKey, model, url, timeout));
            case OPENAI -> model(provider, or(name, "gpt-4o-mini"), model -> openAi(openAiKey, model, url, timeout));
            case OLLAMA -> model(provider, or(name, "llama3.1"), model -> OllamaChatModel.builder()
                    .baseUrl(or(url, "http://localhost:11434")).modelName(model).timeout(timeout)
                    .numPredict(OUTPUT_TOKENS_MAX).maxRetries(0).build());
        };
    }

    private static TriageModel model(Provider provider, String name,
            java.util.function.Function<String, ChatModel> factory) {
        return new LanguageTriageModel(provider.name().toLowerCase(Locale.ROOT) + ":" + name, factory.apply(name));
    }

    private static ChatModel anthropic(String key, String model, String url, Duration timeout) {
        var builder = AnthropicChatModel.builder().apiKey(key).modelName(model).timeout(timeout)
                .maxTokens(OUTPUT_TOKENS_MAX).maxRetries(0); // the queue retries
        return (url.isEmpty() ? builder : builder.baseUrl(url)).build();
    }

    private static ChatModel openAi(String key, String model, String url, Duration timeout) {
        var builder = OpenAiChatModel.builder().apiKey(or(key, "none")).modelName(model).timeout(timeout)
                .maxCompletionTokens(OUTPUT_TOKENS_MAX).maxRetries(0);
        return (url.isEmpty() ? builder : builder.baseUrl(url)).build();
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }
}
