package dev.howdah.agent.model;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What models cost, in US dollars, by their names. What is not listed costs what its model card says.
 *
 * @param prices by name
 */
record ModelPrices(Map<String, Price> prices) {
    private static final Pattern ENTRY = Pattern
            .compile("([^=\\s]{1,200})=(\\d{1,6}(?:\\.\\d{1,9})?)/(\\d{1,6}(?:\\.\\d{1,9})?)");

    /**
     * Of one model.
     *
     * @param inputPerMillion for a million tokens that it reads
     * @param outputPerMillion for a million tokens that it writes
     */
    record Price(BigDecimal inputPerMillion, BigDecimal outputPerMillion) {}

    ModelPrices {
        prices = Map.copyOf(prices);
    }

    /**
     * Reads entries such as {@code gpt-4o-mini=0.15/0.60}.
     *
     * @throws IllegalArgumentException if one is none; the message says what would be
     */
    static ModelPrices of(List<String> entries) {
        var prices = new TreeMap<String, Price>();
        for (var entry : entries) {
            var parts = ENTRY.matcher(entry);
            if (!parts.matches()) {
                throw new IllegalArgumentException("\"" + entry + "\" is no price; write MODEL=INPUT/OUTPUT in US "
                        + "dollars for a million tokens, for example gpt-4o-mini=0.15/0.60");
            }
            prices.put(parts.group(1), new Price(new BigDecimal(parts.group(2)), new BigDecimal(parts.group(3))));
        }
        return new ModelPrices(prices);
    }

    Optional<Price> of(String model) {
        return Optional.ofNullable(prices.get(model));
    }
}
