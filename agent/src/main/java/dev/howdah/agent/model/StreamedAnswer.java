package dev.howdah.agent.model;

import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer that comes in pieces. {@link ProviderHttp} reads it on the thread that asks, so all is over when the model's method
 * returns. What the taker of pieces throws is kept, as the library would swallow it, and ends the reading.
 */
final class StreamedAnswer implements StreamingChatResponseHandler {
    private final Attempt attempt;
    private final Consumer<String> piece;
    private @Nullable ChatResponse response;
    private @Nullable Throwable error;
    private @Nullable RuntimeException takerFailure;

    StreamedAnswer(Attempt attempt, Consumer<String> piece) {
        this.attempt = attempt;
        this.piece = piece;
    }

    /** The taker of pieces has thrown. */
    static final class TakerFailure extends Exception {
        private final transient RuntimeException failure;

        TakerFailure(RuntimeException failure) {
            super(failure);
            this.failure = failure;
        }

        RuntimeException failure() {
            return failure;
        }
    }

    ChatResponse of(StreamingChatModel model, ChatRequest request) throws Exception {
        model.chat(request, this);
        if (takerFailure != null) {
            throw new TakerFailure(takerFailure);
        }
        var complete = response;
        // OpenAI's reader takes the end of a stream for the end of the answer, also when it broke off.
        if (complete != null && (complete.finishReason() != null || complete.tokenUsage() != null)) {
            return complete;
        }
        throw error instanceof Exception known
                ? known
                : new IOException("the stream ended before the answer did", error);
    }

    @Override
    public void onPartialResponse(String text) {
        if (takerFailure != null) {
            return;
        }
        attempt.deliver();
        try {
            piece.accept(text);
        } catch (RuntimeException e) {
            takerFailure = e;
            attempt.stop();
        }
    }

    @Override
    public void onCompleteResponse(ChatResponse complete) {
        response = complete;
    }

    @Override
    public void onError(Throwable thrown) {
        error = thrown;
    }
}
