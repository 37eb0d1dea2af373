package dev.howdah.agent.model;

import dev.langchain4j.model.anthropic.AnthropicChatModel;
import dev.langchain4j.model.anthropic.AnthropicStreamingChatModel;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.Optional;

/** Makes the language model that the settings name. LangChain4j speaks the providers' languages; limits and retries are ours. */
public final class LanguageModels {
    private static final String NO_KEY = "none"; // the client wants one, servers of local models do not

    private LanguageModels() {}

    /**
     * The model; absent if none is configured. Nothing is asked yet.
     *
     * @param log takes what is asked
     */
    public static Optional<LanguageModel> open(ModelSettings settings, ModelCallLog log) {
        return open(settings, log, Backoff.of(settings.attempts()));
    }

    static Optional<LanguageModel> open(ModelSettings settings, ModelCallLog log, Backoff backoff) {
        var http = new ProviderHttp();
        return switch (settings.provider()) {
            case AUTO, BUILT_IN -> Optional.empty();
            case ANTHROPIC -> Optional.of(anthropic(settings, log, backoff, http));
            case OPENAI -> Optional.of(openAi(settings, log, backoff, http));
            case OLLAMA -> Optional.of(ollama(settings, log, backoff, http));
        };
    }

    private static LanguageModel anthropic(ModelSettings settings, ModelCallLog log, Backoff backoff,
            ProviderHttp http) {
        var chat = AnthropicChatModel.builder().httpClientBuilder(http.builder()).apiKey(settings.key())
                .modelName(settings.model()).maxTokens(settings.outputTokensMax()).maxRetries(0);
        var streaming = AnthropicStreamingChatModel.builder().httpClientBuilder(http.builder()).apiKey(settings.key())
                .modelName(settings.model()).maxTokens(settings.outputTokensMax());
        if (!settings.url().isEmpty()) {
            chat.baseUrl(settings.url());
            streaming.baseUrl(settings.url());
        }
        return new ProviderModel(settings, chat.build(), streaming.build(), backoff, log);
    }

    private static LanguageModel openAi(ModelSettings settings, ModelCallLog log, Backoff backoff, ProviderHttp http) {
        var key = settings.key().isEmpty() ? NO_KEY : settings.key();
        var chat = OpenAiChatModel.builder().httpClientBuilder(http.builder()).apiKey(key)
                .modelName(settings.model()).maxRetries(0);
        var streaming = OpenAiStreamingChatModel.builder().httpClientBuilder(http.builder()).apiKey(key)
                .modelName(settings.model());
        if (!settings.url().isEmpty()) {
            chat.baseUrl(settings.url());
            streaming.baseUrl(settings.url());
        }
        return new ProviderModel(settings, chat.build(), streaming.build(), backoff, log);
    }

    private static LanguageModel ollama(ModelSettings settings, ModelCallLog log, Backoff backoff, ProviderHttp http) {
        var chat = OllamaChatModel.builder().httpClientBuilder(http.builder()).baseUrl(settings.url())
                .modelName(settings.model()).maxRetries(0).build();
        var streaming = OllamaStreamingChatModel.builder().httpClientBuilder(http.builder()).baseUrl(settings.url())
                .modelName(settings.model()).build();
        return new ProviderModel(settings, chat, streaming, backoff, log);
    }
}
