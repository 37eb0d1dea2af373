package dev.howdah.knowledge.embedding;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model behind OpenAI's interface for embeddings: OpenAI itself, Ollama, vLLM, TEI, llama.cpp and others. A server that
 * is busy is asked again as late as it wishes, within bounds; whatever it answers is checked before anybody uses it.
 */
public final class OpenAiEmbeddings implements EmbeddingModel {
    /** The model if none is named. */
    public static final String DEFAULT_MODEL = "text-embedding-3-small";
    /** The longest that a server's Retry-After is waited for; beyond it the caller hears at once. */
    static final Duration RETRY_AFTER_MAX = Duration.ofSeconds(20);
    /** Bytes of an answer: 2,048 vectors of 3,072 components as numbers in text. */
    static final int ANSWER_MAX = 160 << 20;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration BACK_OFF = Duration.ofMillis(500);
    private static final int ERROR_MAX = 300;
    private static final Map<String, Integer> DIMENSIONS = Map.of(DEFAULT_MODEL, 1536, "text-embedding-3-large", 3072,
            "text-embedding-ada-002", 1536);

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER).build();
    private final EmbeddingSettings settings;
    private final URI address;
    private final String model;
    private final Consumer<Duration> pause;
    private volatile int dimension;

    public OpenAiEmbeddings(EmbeddingSettings settings) {
        this(settings, OpenAiEmbeddings::sleep);
    }

    /** With another way to wait. */
    OpenAiEmbeddings(EmbeddingSettings settings, Consumer<Duration> pause) {
        this.settings = settings;
        this.address = URI.create(settings.url() + "/embeddings");
        this.model = settings.model().isEmpty() ? DEFAULT_MODEL : settings.model();
        this.pause = pause;
        this.dimension = settings.dimension() > 0 ? settings.dimension() : DIMENSIONS.getOrDefault(model, 0);
    }

    @Override
    public String id() {
        return model;
    }

    /** As set, as known of the model, or as the server answers when it is asked for the first time. */
    @Override
    public int dimension() {
        if (dimension == 0) {
            embed(Kind.QUERY, List.of("dimension"));
        }
        return dimension;
    }

    @Override
    public String prefix(Kind kind) {
        return settings.prefix(kind);
    }

    @Override
    public List<Embedding> embed(Kind kind, List<String> texts) {
        var embeddings = new ArrayList<Embedding>(texts.size());
        for (int from = 0; from < texts.size(); from += settings.batchMax()) {
            embeddings.addAll(batch(texts.subList(from, Math.min(from + settings.batchMax(), texts.size()))));
        }
        return embeddings;
    }

    private List<Embedding> batch(List<String> texts) {
        var body = JsonMapper.shared().createObjectNode().put("model", model)
                .put("encoding_format", settings.base64() ? "base64" : "float");
        if (settings.sendDimension() && settings.dimension() > 0) {
            body.put("dimensions", settings.dimension());
        }
        var input = body.putArray("input");
        texts.forEach(text -> input.add(cut(text)));
        return read(ask(body.toString()), texts.size());
    }

    /** Servers refuse an empty input; a space means the same to a model. */
    private String cut(String text) {
        int end = Math.min(text.length(), settings.charactersMax());
        if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.isEmpty() ? " " : text.substring(0, end);
    }

    private String ask(String body) {
        for (int attempt = 1;; attempt++) {
            var response = send(body);
            int status = response.statusCode();
            if (status == 200) {
                return new String(response.body(), StandardCharsets.UTF_8);
            }
            var wait = waiting(response, attempt);
            if ((status != 429 && status < 500) || attempt >= settings.attempts()
                    || wait.compareTo(RETRY_AFTER_MAX) > 0) {
                throw refused(status, new String(response.body(), StandardCharsets.UTF_8), wait);
            }
            pause.accept(wait);
        }
    }

    private HttpResponse<byte[]> send(String body) {
        var request = HttpRequest.newBuilder(address).timeout(settings.timeout())
                .header("Content-Type", "application/json").header("Accept", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!settings.apiKey().isEmpty()) {
            request.header("Authorization", "Bearer " + settings.apiKey());
        }
        var answer = client.sendAsync(request.build(), info -> HttpResponse.BodySubscribers.limiting(
                HttpResponse.BodySubscribers.ofByteArray(), ANSWER_MAX));
        try {
            // The request's own timeout ends with the headers; this one covers a body that trickles.
            return answer.get(settings.timeout().toMillis() * 2, java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw unavailable("did not answer within " + settings.timeout(), e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw unavailable(e.getCause() instanceof IOException cause && cause.getMessage() != null
                    ? cause.getMessage()
                    : "cannot be reached", e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw unavailable("was not waited for", e);
        }
    }

    private static Duration waiting(HttpResponse<?> response, int attempt) {
        var asked = response.headers().firstValue("retry-after").orElse("");
        if (asked.matches("\\d{1,6}")) {
            return Duration.ofSeconds(Long.parseLong(asked));
        }
        return BACK_OFF.multipliedBy(1L << Math.min(attempt - 1, 5));
    }

    private HowdahException refused(int status, String answer, Duration wait) {
        var detail = answer.substring(0, Math.min(answer.length(), ERROR_MAX)).replaceAll("\\p{Cntrl}", " ");
        if (!settings.apiKey().isEmpty()) {
            detail = detail.replace(settings.apiKey(), "***"); // a server may repeat what it was sent
        }
        var problem = "the embedding model " + model + " at " + address.getHost() + " answered " + status
                + (detail.isBlank() ? "" : ": " + detail);
        var remedy = switch (status) {
            case 401, 403 -> "check " + EmbeddingSettings.API_KEY.name() + " (OPENAI_API_KEY)";
            case 404 -> "check " + EmbeddingSettings.URL.name() + " and " + EmbeddingSettings.MODEL.name();
            case 400, 413, 422 -> "check the model's limits: " + EmbeddingSettings.CHARACTERS_MAX.name() + ", "
                    + EmbeddingSettings.BATCH_MAX.name() + "; if it refuses \"dimensions\", set "
                    + EmbeddingSettings.SEND_DIMENSION.name() + " to false";
            case 429 -> "try again in " + wait.toSeconds() + " s, or raise the limits of the account";
            default -> "try again later";
        };
        return new UnavailableException("embedding-unavailable", problem, remedy, null);
    }

    private List<Embedding> read(String answer, int count) {
        var made = new Embedding[count];
        try {
            var data = JsonMapper.shared().readTree(answer).path("data");
            int position = 0;
            for (var item : data) {
                int index = item.path("index").asInt(position++);
                if (index < 0 || index >= count || made[index] != null) {
                    throw invalid("its indexes are not 0 to " + (count - 1) + ", each once", null);
                }
                made[index] = Embedding.of(values(item.path("embedding")));
            }
        } catch (JacksonException e) {
            throw invalid("it is no JSON", e);
        } catch (InvalidInputException e) {
            throw invalid(e.problem(), e);
        }
        var missing = Arrays.stream(made).filter(each -> each == null).count();
        if (missing > 0) {
            throw invalid((count - missing) + " vectors for " + count + " texts", null);
        }
        Arrays.stream(made).forEach(this::requireDimension);
        return List.of(made);
    }

    private void requireDimension(Embedding embedding) {
        if (dimension == 0) {
            dimension = embedding.dimension();
        }
        if (embedding.dimension() != dimension) {
            throw invalid("its vectors have " + embedding.dimension() + " components and should have " + dimension
                    + "; set " + EmbeddingSettings.DIMENSION.name() + " to what the model gives", null);
        }
    }

    /** Numbers, or Base64 of little-endian 32-bit floats; a server may send either, whatever it was asked for. */
    private float[] values(JsonNode embedding) {
        if (embedding.isString()) {
            try {
                var bytes = ByteBuffer.wrap(Base64.getDecoder().decode(embedding.asString()))
                        .order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
                var values = new float[bytes.remaining()];
                bytes.get(values);
                return values;
            } catch (IllegalArgumentException e) {
                throw invalid("a vector is no Base64", e);
            }
        }
        var values = new float[embedding.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) embedding.path(i).asDouble(Double.NaN);
        }
        return values;
    }

    private UnavailableException invalid(String why, @Nullable Throwable cause) {
        return new UnavailableException("embedding-answer-invalid", "the answer of the embedding model " + model
                + " at " + address.getHost() + " is not as it should be: " + why, "check the server and the model",
                cause);
    }

    private UnavailableException unavailable(String why, @Nullable Throwable cause) {
        return new UnavailableException("embedding-unavailable", "the embedding model " + model + " at "
                + address.getHost() + ": " + why, "try again later, or check " + EmbeddingSettings.URL.name(), cause);
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted", "waiting for the embedding model was interrupted",
                    "try again", e);
        }
    }
}
