package dev.howdah.agent.model;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

/**
 * What language models were used for in some time, summed up.
 *
 * @param key the model with its provider, the purpose, the day ({@code 2027-01-31}) or the hour
 *        ({@code 2027-01-31T18:00:00Z})
 * @param failed calls without the answer that was asked for
 * @param attempts requests that were sent
 * @param costs by currency
 * @param unpriced calls whose price is not known; they are missing in the costs
 * @param average how long callers waited
 */
public record ModelUse(String key, long calls, long failed, long attempts, long inputTokens, long outputTokens,
        Map<String, BigDecimal> costs, long unpriced, Duration average, Duration longest) {
    /** What calls are summed up by. */
    public enum By {
        MODEL, PURPOSE, DAY, HOUR
    }

    public ModelUse {
        costs = Map.copyOf(costs);
    }
}
