package dev.howdah.agent.model;

import dev.howdah.agent.model.ModelAnswer.FinishReason;
import dev.howdah.agent.model.ModelMessage.Role;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.UnavailableException;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A model of a provider. Of the requests of this process only so many are under way at once; one that waits before it is sent
 * again leaves its turn to others.
 */
final class ProviderModel implements LanguageModel {
    private final ModelSettings settings;
    private final ChatModel chat;
    private final StreamingChatModel streaming;
    private final Backoff backoff;
    private final ModelCallLog log;
    private final Semaphore turns;
    private final Redaction redaction;
    private final ModelErrors errors;

    ProviderModel(ModelSettings settings, ChatModel chat, StreamingChatModel streaming, Backoff backoff,
            ModelCallLog log) {
        this.settings = settings;
        this.chat = chat;
        this.streaming = streaming;
        this.backoff = backoff;
        this.log = log;
        this.turns = new Semaphore(settings.concurrency(), true);
        this.redaction = Redaction.of(List.of(settings.key()));
        this.errors = new ModelErrors(name(), redaction);
    }

    /** Sends a request as an attempt; ends when the answer is complete. */
    @FunctionalInterface
    interface Exchange {
        ChatResponse send(ChatRequest request, Attempt attempt) throws Exception;
    }

    @Override
    public String name() {
        return settings.provider().label() + ":" + settings.model();
    }

    @Override
    public ModelAnswer ask(ModelRequest request) {
        return accounted(request, (given, attempt) -> chat.chat(given));
    }

    @Override
    public ModelAnswer stream(ModelRequest request, Consumer<String> piece) {
        return accounted(request, (given, attempt) -> new StreamedAnswer(attempt, piece).of(streaming, given));
    }

    private ModelAnswer accounted(ModelRequest request, Exchange exchange) {
        var account = new CallAccount(settings, request);
        try {
            var response = retried(request, exchange, account);
            account.used(response.tokenUsage());
            var answer = answer(request, response);
            log.add(account.answered());
            return answer;
        } catch (HowdahException e) {
            log.add(account.failed(e.code(), redaction.clean(String.valueOf(e.getMessage()), request)));
            throw e;
        } catch (RuntimeException e) {
            // Thrown by whoever takes the pieces; what it says is not ours to keep.
            log.add(account.failed(ModelErrors.INTERRUPTED, e.getClass().getName()));
            throw e;
        }
    }

    private ChatResponse retried(ModelRequest request, Exchange exchange, CallAccount account) {
        var given = toChat(request);
        while (true) {
            var attempt = new Attempt(request.timeout().orElse(settings.timeout()));
            try {
                return inTurn(attempt, account, () -> exchange.send(given, attempt));
            } catch (StreamedAnswer.TakerFailure e) {
                throw e.failure();
            } catch (Exception e) {
                var error = errors.of(attempt, request, e);
                if (!ModelErrors.isTemporary(attempt, error)) {
                    throw error;
                }
                pause(backoff.rest(account.attempts(), attempt.retryAfter()).orElseThrow(() -> error));
            }
        }
    }

    /** Waiting for a turn is part of the time that an attempt has. */
    private <T> T inTurn(Attempt attempt, CallAccount account, Callable<T> work)
            throws Exception {
        if (!takesTurn(attempt)) {
            throw new UnavailableException("model-busy", "no turn came within " + attempt.limit() + ": "
                    + settings.concurrency() + " requests to " + name() + " are under way",
                    "ask for less at once, or raise howdah.agent.model.concurrency", null);
        }
        try {
            account.sent();
            return attempt.call(work);
        } finally {
            turns.release();
        }
    }

    private boolean takesTurn(Attempt attempt) {
        try {
            return turns.tryAcquire(attempt.left(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw ModelErrors.interrupted(e);
        }
    }

    private static void pause(Duration rest) {
        try {
            Thread.sleep(rest);
        } catch (InterruptedException e) {
            throw ModelErrors.interrupted(e);
        }
    }

    private ChatRequest toChat(ModelRequest request) {
        var messages = new ArrayList<ChatMessage>();
        var system = system(request);
        if (!system.isBlank()) {
            messages.add(SystemMessage.from(system));
        }
        request.messages().forEach(message -> messages.add(message.role() == Role.USER
                ? UserMessage.from(message.text())
                : AiMessage.from(message.text())));
        return ChatRequest.builder().messages(messages).parameters(parameters(request)).build();
    }

    private ChatRequestParameters parameters(ModelRequest request) {
        int tokens = request.outputTokensMax().orElse(settings.outputTokensMax());
        var parameters = settings.provider() == ModelProvider.OPENAI
                ? OpenAiChatRequestParameters.builder().maxCompletionTokens(tokens) // its newer models refuse the other name
                : ChatRequestParameters.builder().maxOutputTokens(tokens);
        request.schema().filter(schema -> takesSchemas()).ifPresent(schema -> parameters.responseFormat(
                ResponseFormat.builder().type(ResponseFormatType.JSON).jsonSchema(JsonSchema.builder().name("answer")
                        .rootElement(JsonRawSchema.from(schema.toString())).build()).build()));
        return parameters.build();
    }

    private String system(ModelRequest request) {
        return request.schema().filter(schema -> !takesSchemas()).map(JsonAnswer::instruction)
                .map(asked -> request.system().isBlank() ? asked : request.system() + "\n\n" + asked)
                .orElse(request.system());
    }

    /** Anthropic's older models refuse a request with a schema; words do for all of them. */
    private boolean takesSchemas() {
        return settings.provider() != ModelProvider.ANTHROPIC;
    }

    private ModelAnswer answer(ModelRequest request, ChatResponse response) {
        var text = Optional.ofNullable(response.aiMessage().text()).orElse("");
        var json = request.schema().map(schema -> JsonAnswer.read(name(), text, schema));
        return new ModelAnswer(name(), text, json, CallAccount.count(response.tokenUsage(), true),
                CallAccount.count(response.tokenUsage(), false), finish(response));
    }

    private static FinishReason finish(ChatResponse response) {
        return switch (response.finishReason()) {
            case null -> FinishReason.OTHER;
            case STOP -> FinishReason.STOP;
            case LENGTH -> FinishReason.LENGTH;
            case CONTENT_FILTER -> FinishReason.CONTENT_FILTER;
            case TOOL_EXECUTION, OTHER -> FinishReason.OTHER;
        };
    }
}
