package dev.howdah.agent.model;

import dev.howdah.agent.model.ModelCall.Failure;
import dev.howdah.agent.model.ModelCall.Outcome;
import dev.howdah.agent.model.ModelPrices.Price;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * A call that has just ended and is to be remembered; see {@link ModelCall}.
 *
 * @param begun when it began, in the measure of {@link System#nanoTime}: only the database knows the time
 * @param price what the model costs by the settings
 */
record NewModelCall(UUID id, long begun, String provider, String model, String purpose, Optional<UUID> taskId,
        long inputTokens, long outputTokens, Optional<Price> price, Duration duration, int attempts, Outcome outcome,
        Optional<Failure> failure) {}
