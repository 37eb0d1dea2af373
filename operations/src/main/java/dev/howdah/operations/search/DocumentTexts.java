package dev.howdah.operations.search;

import dev.howdah.documents.query.FieldPath;
import dev.howdah.knowledge.collection.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a document says. */
final class DocumentTexts {
    private DocumentTexts() {}

    /** To be found; empty if its id is too long to be one there. */
    static Optional<Entry> entry(SearchDefinition definition, String id, ObjectNode document) {
        if (id.length() > Entry.KEY_MAX) {
            return Optional.empty();
        }
        var title = definition.title().map(path -> text(document, List.of(path))).orElse("");
        return Optional.of(new Entry(id, cut(title, Entry.TITLE_MAX), cut(text(document, definition.fields()),
                Entry.TEXT_MAX), JsonMapper.shared().createObjectNode(), Optional.empty()));
    }

    private static String text(ObjectNode document, List<FieldPath> paths) {
        var texts = new ArrayList<String>();
        paths.forEach(path -> collect(document, path.steps(), texts));
        return String.join("\n", texts);
    }

    /** Through arrays to each element, as a filter would; at the end whatever text there is. */
    private static void collect(JsonNode node, List<String> steps, List<String> texts) {
        if (node.isArray()) {
            node.forEach(element -> collect(element, steps, texts));
        } else if (node.isString() && steps.isEmpty()) {
            texts.add(node.stringValue());
        } else if (node.isObject() && steps.isEmpty()) {
            node.forEach(value -> collect(value, steps, texts));
        } else if (node.isObject()) {
            collect(node.path(steps.getFirst()), steps.subList(1, steps.size()), texts);
        }
    }

    private static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
    }
}
