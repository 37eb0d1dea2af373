package dev.howdah.agent.model;

import dev.howdah.agent.model.ModelCall.Failure;
import dev.howdah.agent.model.ModelCall.Outcome;
import dev.howdah.postgres.Uuids;
import dev.howdah.queue.CurrentTask;
import dev.langchain4j.model.output.TokenUsage;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is known of a call while it goes on. Used by one thread. */
final class CallAccount {
    private final ModelSettings settings;
    private final String purpose;
    private final Optional<UUID> taskId;
    private final long begun = System.nanoTime();
    private int attempts;
    private boolean hasAnswer;
    private long inputTokens;
    private long outputTokens;

    CallAccount(ModelSettings settings, ModelRequest request) {
        this.settings = settings;
        this.purpose = request.purpose();
        this.taskId = request.taskId().or(CurrentTask::id);
    }

    /** A request goes out. */
    void sent() {
        attempts++;
    }

    int attempts() {
        return attempts;
    }

    /** There is an answer, whatever it is worth. */
    void used(@Nullable TokenUsage usage) {
        hasAnswer = true;
        inputTokens = count(usage, true);
        outputTokens = count(usage, false);
    }

    NewModelCall answered() {
        return call(Outcome.ANSWERED, Optional.empty());
    }

    NewModelCall failed(String code, String error) {
        var outcome = code.equals(ModelErrors.INTERRUPTED)
                ? Outcome.INTERRUPTED
                : hasAnswer ? Outcome.INVALID : Outcome.FAILED;
        return call(outcome, Optional.of(new Failure(code, error)));
    }

    private NewModelCall call(Outcome outcome, Optional<Failure> failure) {
        return new NewModelCall(Uuids.next(), begun, settings.provider().label(), settings.model(), purpose, taskId,
                inputTokens, outputTokens, settings.prices().of(settings.model()),
                Duration.ofNanos(System.nanoTime() - begun), attempts, outcome, failure);
    }

    /** Tokens that were read, or else written; 0 if the provider does not say. */
    static long count(@Nullable TokenUsage usage, boolean isInput) {
        if (usage == null) {
            return 0;
        }
        Integer count = isInput ? usage.inputTokenCount() : usage.outputTokenCount();
        return count == null ? 0 : Math.max(0, count);
    }
}
