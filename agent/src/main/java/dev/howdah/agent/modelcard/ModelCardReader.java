package dev.howdah.agent.modelcard;

import dev.howdah.agent.modelcard.ModelCard.Status;
import dev.howdah.postgres.InvalidInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads cards and changes of cards from JSON; every method throws {@link InvalidInputException} with all that is wrong. */
public final class ModelCardReader {
    private static final Set<String> NEW = Set.of("workspaceId", "userId", "name", "slug", "description", "card",
            "status");
    private static final Set<String> CHANGE = Set.of("name", "description", "card", "status", "changeReason");

    private final JsonNode json;
    private final CardChecks checks = new CardChecks();

    private ModelCardReader(JsonNode json, Set<String> known) {
        this.json = json;
        if (!json.isObject()) {
            checks.fault("", "is no object",
                    "send an object with " + String.join(", ", known.stream().sorted().toList()))
                    .check();
        }
        json.propertyNames().stream().filter(name -> !known.contains(name)).forEach(name -> checks.fault("/" + name,
                "is not known", "use one of " + String.join(", ", known.stream().sorted().toList())));
    }

    /** A card: {@code name} is needed; {@code slug} is made of it if it is missing. */
    public static NewModelCard card(JsonNode json) {
        var reader = new ModelCardReader(json, NEW);
        var name = reader.text("name").orElse("");
        var slug = reader.text("slug").orElseGet(() -> slug(name));
        var workspace = reader.text("workspaceId").orElse("");
        var user = reader.text("userId").orElse("");
        var description = reader.text("description").orElse("");
        var card = reader.object("card").orElseGet(JsonMapper.shared()::createObjectNode);
        var status = reader.status().orElse(Status.ACTIVE);
        return reader.checked(() -> new NewModelCard(workspace, user, name, slug, description, card, status));
    }

    /** A change; what is missing stays as it is. */
    public static ModelCardChange change(JsonNode json) {
        var reader = new ModelCardReader(json, CHANGE);
        var name = reader.text("name");
        var description = reader.text("description");
        var card = reader.object("card");
        var status = reader.status();
        var reason = reader.text("changeReason").orElse("");
        return reader.checked(() -> new ModelCardChange(name, description, card, status, reason));
    }

    /** A status by its name. */
    public static Status status(String field, String text) {
        var checks = new CardChecks();
        var found = status(checks, field, text);
        checks.check();
        return found.orElseThrow();
    }

    private static String slug(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._:/@-]+", "-").replaceAll("^[^a-z0-9]+|-+$",
                "");
    }

    private Optional<Status> status() {
        return text("status").flatMap(text -> status(checks, "/status", text));
    }

    private static Optional<Status> status(CardChecks checks, String field, String text) {
        var found = Arrays.stream(Status.values()).filter(known -> label(known).equals(text.toLowerCase(Locale.ROOT)))
                .findFirst();
        if (found.isEmpty()) {
            checks.fault(field, "\"" + text + "\" is no status", "use one of "
                    + Arrays.stream(Status.values()).map(ModelCardReader::label).collect(Collectors.joining(", ")));
        }
        return found;
    }

    static String label(Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private Optional<String> text(String field) {
        var value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            checks.fault("/" + field, "is no text", "write a text");
            return Optional.empty();
        }
        return Optional.of(value.asString());
    }

    private Optional<ObjectNode> object(String field) {
        var value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (value instanceof ObjectNode object) {
            return Optional.of(object);
        }
        checks.fault("/" + field, "is no object", "write an object");
        return Optional.empty();
    }

    /** What the value itself finds wrong is told with what was found before. */
    private <T> T checked(Supplier<T> value) {
        T made;
        try {
            made = value.get();
        } catch (InvalidInputException e) {
            checks.faults(e.faults()).check();
            throw e;
        }
        checks.check();
        return made;
    }
}
