package dev.howdah.agent.knowledge;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the inputs and answers of the skills have in common. */
final class SkillJson {
    /** Other names of a repository. */
    static final Map<String, String> REPOSITORY_ALIASES = Map.of("repo", "repository", "repository_name", "repository");

    private static final JsonMapper JSON = JsonMapper.shared();

    private SkillJson() {}

    static ObjectNode schema(String json) {
        return (ObjectNode) JSON.readTree(json);
    }

    /** The schema of an answer that has these fields besides {@code success}. */
    static ObjectNode answerSchema(String... fields) {
        var schema = JSON.createObjectNode().put("type", "object");
        var properties = schema.putObject("properties");
        properties.putObject("success").put("type", "boolean");
        for (var field : fields) {
            properties.putObject(field);
        }
        schema.putArray("required").add("success");
        return schema;
    }

    static ObjectNode success() {
        return JSON.createObjectNode().put("success", true);
    }

    static ObjectNode failure(String error) {
        return JSON.createObjectNode().put("success", false).put("error", error);
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    static String text(JsonNode input, String field) {
        return input.path(field).asString("");
    }

    /** Absent if the field is missing, null or empty. */
    static Optional<String> optional(JsonNode input, String field) {
        return Optional.of(text(input, field)).filter(text -> !text.isEmpty());
    }

    static List<String> texts(JsonNode input, String field) {
        return input.path(field).valueStream().map(node -> node.asString("")).toList();
    }

    static ArrayNode array(Collection<String> texts) {
        var array = JSON.createArrayNode();
        texts.forEach(array::add);
        return array;
    }

    /** The words of an enum, for a schema. */
    static String words(Class<? extends Enum<?>> type) {
        var array = JSON.createArrayNode();
        for (var constant : type.getEnumConstants()) {
            array.add(constant.name().toLowerCase(java.util.Locale.ROOT));
        }
        return array.toString();
    }

    /** The constant that a schema has let pass. */
    static <E extends Enum<E>> Optional<E> choice(Class<E> type, JsonNode input, String field) {
        return optional(input, field).map(word -> Enum.valueOf(type, word.toUpperCase(java.util.Locale.ROOT)));
    }
}
