package dev.howdah.knowledge.embedding;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Who makes vectors of texts.
 *
 * @param provider where the model runs
 * @param url root of an API like OpenAI's, up to and with {@code /v1}
 * @param model its name; empty takes the provider's own default
 * @param apiKey sent as a bearer token; empty sends none
 * @param dimension components of each vector; 0 for what the model gives by itself
 * @param sendDimension whether to ask the server for that dimension, which some refuse
 * @param base64 whether to ask for vectors as Base64, which is half as long and which some servers do not know
 * @param batchMax texts of one request
 * @param charactersMax characters of a text; a longer one is cut
 * @param timeout how long one request may take
 * @param attempts how often a request is sent at most before the caller hears of it
 * @param documentPrefix put before texts that are stored
 * @param queryPrefix put before questions
 */
public record EmbeddingSettings(Provider provider, URI url, String model, String apiKey, int dimension,
        boolean sendDimension, boolean base64, int batchMax, int charactersMax, Duration timeout, int attempts,
        String documentPrefix, String queryPrefix) {
    /** Where a model runs. */
    public enum Provider {
        /** There is none: search is by words. */
        NONE,
        /** A server with OpenAI's interface: OpenAI, Ollama, vLLM, TEI, llama.cpp. */
        OPENAI,
        /** In this process, from an optional jar. */
        IN_PROCESS
    }

    public static final Setting<Provider> PROVIDER = Setting.choice("howdah.knowledge.embedding.provider",
            Provider.class, Provider.NONE,
            "Who makes vectors of texts: none, openai (any server with its interface) or in-process.");
    public static final Setting<String> URL = Setting.text("howdah.knowledge.embedding.url",
            "https://api.openai.com/v1", "Root of the API, such as http://localhost:11434/v1.", "OPENAI_BASE_URL");
    public static final Setting<String> MODEL = Setting.text("howdah.knowledge.embedding.model", "",
            "Name of the model; empty takes text-embedding-3-small, or the first in process.", "EMBEDDING_MODEL");
    public static final Setting<String> API_KEY = Setting.secret("howdah.knowledge.embedding.api-key",
            "Key of the API.", "OPENAI_API_KEY");
    public static final Setting<Integer> DIMENSION = Setting.integer("howdah.knowledge.embedding.dimension", 0, 0,
            Embedding.DIMENSION_MAX, "Components of a vector; 0 for what the model gives by itself.");
    public static final Setting<Boolean> SEND_DIMENSION = Setting.flag("howdah.knowledge.embedding.send-dimension",
            false, "Whether to ask the server for vectors of that dimension, which some refuse.");
    public static final Setting<Boolean> BASE64 = Setting.flag("howdah.knowledge.embedding.base64", false,
            "Whether to ask for vectors in Base64, which is shorter and which some servers do not know.");
    public static final Setting<Integer> BATCH_MAX = Setting.integer("howdah.knowledge.embedding.batch-max", 100, 1,
            2_048, "Texts of one request.");
    public static final Setting<Integer> CHARACTERS_MAX = Setting.integer("howdah.knowledge.embedding.characters-max",
            8_000, 100, 200_000, "Characters of a text; a longer one is cut before it is embedded.");
    public static final Setting<Duration> TIMEOUT = Setting.duration("howdah.knowledge.embedding.timeout", "30s",
            "How long one request may take.");
    public static final Setting<Integer> ATTEMPTS = Setting.integer("howdah.knowledge.embedding.attempts", 3, 1, 10,
            "How often a request is sent at most, when the server is busy.");
    public static final Setting<String> DOCUMENT_PREFIX = Setting.text("howdah.knowledge.embedding.document-prefix", "",
            "Put before a text that is stored, as some models expect; kept with each collection.");
    public static final Setting<String> QUERY_PREFIX = Setting.text("howdah.knowledge.embedding.query-prefix", "",
            "Put before a question, as some models expect; kept with each collection.");

    /** No model. */
    public static EmbeddingSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static EmbeddingSettings from(Configuration configuration) {
        var timeout = configuration.get(TIMEOUT);
        if (timeout.isZero()) {
            configuration.problem(TIMEOUT.name() + " is zero; use 1s or more");
        }
        return new EmbeddingSettings(configuration.get(PROVIDER), address(configuration), configuration.get(MODEL),
                configuration.get(API_KEY), configuration.get(DIMENSION), configuration.get(SEND_DIMENSION),
                configuration.get(BASE64), configuration.get(BATCH_MAX), configuration.get(CHARACTERS_MAX), timeout,
                configuration.get(ATTEMPTS), configuration.get(DOCUMENT_PREFIX), configuration.get(QUERY_PREFIX));
    }

    /** What is put before a text of the kind. */
    public String prefix(EmbeddingModel.Kind kind) {
        return switch (kind) {
            case DOCUMENT -> documentPrefix;
            case QUERY -> queryPrefix;
        };
    }

    /** Without the key. */
    @Override
    public String toString() {
        return provider + (provider == Provider.OPENAI ? " at " + url.getHost() : "") + " " + model;
    }

    private static URI address(Configuration configuration) {
        var text = configuration.get(URL);
        try {
            var uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            if (uri.getHost() != null && uri.getUserInfo() == null
                    && List.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // falls through to the one message
        }
        configuration.problem(URL.name() + " is no address; use http://… or https://… without a password");
        return URI.create(URL.defaultText());
    }
}
