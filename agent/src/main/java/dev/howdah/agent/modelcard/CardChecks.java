package dev.howdah.agent.modelcard;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.workflow.definition.Contracts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What cards have to keep; finds every fault, not only the first. Fields of a card that are not known are kept as they are. */
final class CardChecks {
    static final int ID_MAX = 200;
    static final int REASON_MAX = 2_000;
    static final int TEXT_MAX = 20_000;

    private static final int NAME_MAX = 200;
    private static final int LIST_MAX = 200;
    private static final int CARD_CHARACTERS_MAX = 256_000;
    private static final Pattern SLUG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}");
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final Set<String> TEXTS = Set.of("schemaVersion", "name", "description");
    private static final Set<String> PRICES = Set.of("inputPricePerToken", "outputPricePerToken");

    private final List<Fault> faults = new ArrayList<>();

    CardChecks name(String field, String value) {
        if (value.isBlank()) {
            fault(field, "is empty", "give it a text");
        }
        return text(field, value, NAME_MAX);
    }

    CardChecks slug(String field, String value) {
        if (!SLUG.matcher(value).matches()) {
            fault(field, "\"" + value.substring(0, Math.min(value.length(), ID_MAX)) + "\" is no slug",
                    "use 1 to 200 letters, digits and . _ : / @ -, beginning with a letter or digit");
        }
        return this;
    }

    CardChecks text(String field, String value, int max) {
        if (value.length() > max) {
            fault(field, "has " + value.length() + " characters", "use at most " + max);
        }
        if (!isStorable(value)) {
            fault(field, "holds U+0000 or half of a character", "remove it: PostgreSQL cannot hold it");
        }
        return this;
    }

    CardChecks card(String field, ObjectNode card) {
        int size = card.toString().length();
        if (size > CARD_CHARACTERS_MAX) {
            fault(field, "has " + size + " characters of JSON", "use at most " + CARD_CHARACTERS_MAX);
        }
        storable(field, card);
        for (var name : TEXTS.stream().sorted().toList()) {
            if (card.has(name) && !card.path(name).isString()) {
                fault(field + "/" + name, "is no text", "write a text, or leave it out");
            }
        }
        list(field + "/capabilities", card.path("capabilities"), false);
        list(field + "/skills", card.path("skills"), true);
        schema(field + "/inputSchema", card.path("inputSchema"));
        schema(field + "/outputSchema", card.path("outputSchema"));
        pricing(field + "/pricing", card.path("pricing"));
        if (card.has("metadata") && !card.path("metadata").isObject()) {
            fault(field + "/metadata", "is no object", "write an object, or leave it out");
        }
        return this;
    }

    CardChecks fault(String field, String problem, String remedy) {
        faults.add(new Fault(field, problem, remedy));
        return this;
    }

    CardChecks faults(List<Fault> more) {
        faults.addAll(more);
        return this;
    }

    /** Throws if anything was wrong. */
    void check() {
        if (!faults.isEmpty()) {
            throw new InvalidInputException("model-card-invalid", faults);
        }
    }

    /** A list of texts, or also of objects that have an id or a name. */
    private void list(String field, JsonNode list, boolean mayHoldObjects) {
        if (list.isMissingNode()) {
            return;
        }
        if (!list.isArray() || list.size() > LIST_MAX) {
            fault(field, list.isArray() ? "has " + list.size() + " elements" : "is no list",
                    "write a list of at most " + LIST_MAX + " elements");
            return;
        }
        for (int i = 0; i < list.size(); i++) {
            var element = list.get(i);
            boolean isNamed = mayHoldObjects && (element.path("id").isString() || element.path("name").isString());
            if (!element.isString() && !isNamed) {
                fault(field + "/" + i,
                        mayHoldObjects ? "is neither a text nor an object with id or name" : "is no text",
                        "write its name");
            }
        }
    }

    private void schema(String field, JsonNode schema) {
        if (schema.isMissingNode()) {
            return;
        }
        if (!schema.isObject()) {
            fault(field, "is no object", "write a JSON Schema, for example {\"type\": \"object\"}");
            return;
        }
        Contracts.schemaProblems(schema).forEach(problem -> fault(field, problem,
                "correct the schema (JSON Schema 2020-12)"));
    }

    private void pricing(String field, JsonNode pricing) {
        if (pricing.isMissingNode()) {
            return;
        }
        if (!pricing.isObject()) {
            fault(field, "is no object",
                    "write {\"inputPricePerToken\": …, \"outputPricePerToken\": …, \"currency\": \"USD\"}");
            return;
        }
        for (var name : PRICES.stream().sorted().toList()) {
            var price = pricing.path(name);
            if (!price.isNumber() || price.asDouble() < 0 || price.asDouble() > 1_000_000) {
                fault(field + "/" + name, price.isMissingNode() ? "is missing" : price + " is no price",
                        "write a number that is not negative: calls cost what both prices say");
            }
        }
        if (pricing.has("currency") && !CURRENCY.matcher(pricing.path("currency").asString("")).matches()) {
            fault(field + "/currency", pricing.path("currency") + " is no currency",
                    "write three capital letters, for example USD");
        }
    }

    private void storable(String field, JsonNode value) {
        if (value.isString()) {
            text(field, value.asString(), CARD_CHARACTERS_MAX);
        } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                storable(field + "/" + i, value.get(i));
            }
        } else {
            value.properties().forEach(entry -> {
                text(field, entry.getKey(), CARD_CHARACTERS_MAX);
                storable(field + "/" + entry.getKey(), entry.getValue());
            });
        }
    }

    private static boolean isStorable(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }
}
