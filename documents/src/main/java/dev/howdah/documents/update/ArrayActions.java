package dev.howdah.documents.update;

import dev.howdah.documents.value.ValueOrder;
import dev.howdah.postgres.ConflictException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** What the operators for arrays make of one. */
final class ArrayActions {
    private ArrayActions() {}

    static ArrayNode push(@Nullable JsonNode before, Action.Push push, String path) {
        var elements = elements(before, "$push", path);
        int position = push.position().map(at -> at < 0
                ? Math.max(0, elements.size() + at)
                : Math.min(at, elements.size())).orElse(elements.size());
        elements.addAll(position, push.values());
        push.order().ifPresent(order -> sort(elements, order));
        return array(push.slice().map(count -> slice(elements, count)).orElse(elements));
    }

    private static void sort(List<JsonNode> elements, ElementOrder order) {
        elements.replaceAll(Stored::value); // what is there and what is added are compared
        elements.sort(order);
    }

    private static List<JsonNode> slice(List<JsonNode> elements, int count) {
        return count >= 0
                ? elements.subList(0, Math.min(count, elements.size()))
                : elements.subList((int) Math.max(0L, elements.size() + (long) count), elements.size());
    }

    static ArrayNode addToSet(@Nullable JsonNode before, List<JsonNode> values, String path) {
        var elements = elements(before, "$addToSet", path);
        for (var value : values) {
            var stored = Stored.value(value);
            if (elements.stream().noneMatch(element -> ValueOrder.INSTANCE.equal(element, stored))) {
                elements.add(stored);
            }
        }
        return array(elements);
    }

    static ArrayNode pull(JsonNode before, Action.Pull pull, String path) {
        return elements(before, "$pull", path).stream().filter(element -> !pull.condition().test(element))
                .collect(Collectors.collectingAndThen(Collectors.toList(), ArrayActions::array));
    }

    static ArrayNode pop(JsonNode before, boolean first, String path) {
        var elements = elements(before, "$pop", path);
        if (!elements.isEmpty()) {
            elements.remove(first ? 0 : elements.size() - 1);
        }
        return array(elements);
    }

    private static List<JsonNode> elements(@Nullable JsonNode before, String operator, String path) {
        var given = Optional.ofNullable(before).orElseGet(JsonNodeFactory.instance::arrayNode);
        if (!given.isArray()) {
            throw new ConflictException("update-not-applicable", operator + " needs an array, and \"" + path
                    + "\" is a value of type " + given.getNodeType().name().toLowerCase(Locale.ROOT),
                    "name an array, or filter for documents that have one");
        }
        return new ArrayList<>(given.valueStream().toList());
    }

    private static ArrayNode array(List<JsonNode> elements) {
        return JsonNodeFactory.instance.arrayNode(elements.size()).addAll(elements);
    }
}
