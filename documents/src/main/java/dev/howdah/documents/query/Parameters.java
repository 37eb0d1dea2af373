package dev.howdah.documents.query;

import dev.howdah.documents.value.Values;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.argument.Argument;
import org.postgresql.util.PGobject;
import tools.jackson.databind.JsonNode;

/** Values on their way into a statement: each becomes a parameter of the right type. */
final class Parameters {
    private final String prefix;
    private final Map<String, Argument> bound = new LinkedHashMap<>();

    Parameters(String prefix) {
        this.prefix = prefix;
    }

    Map<String, Argument> all() {
        return bound;
    }

    String jsonPath(String path) {
        return typed("jsonpath", path);
    }

    String json(JsonNode value) {
        return typed("jsonb", Values.write(value));
    }

    String jsons(Collection<JsonNode> values) {
        var texts = values.stream().map(Values::write).toArray();
        return bound((position, statement, context) -> statement.setArray(position,
                statement.getConnection().createArrayOf("jsonb", texts)));
    }

    String text(String value) {
        return bound((position, statement, context) -> statement.setString(position, value));
    }

    String texts(Collection<String> values) {
        var texts = values.toArray();
        return bound((position, statement, context) -> statement.setArray(position,
                statement.getConnection().createArrayOf("text", texts)));
    }

    private String typed(String type, String value) {
        return bound((position, statement, context) -> {
            var object = new PGobject();
            object.setType(type);
            object.setValue(value);
            statement.setObject(position, object);
        });
    }

    private String bound(Argument argument) {
        var name = prefix + bound.size();
        bound.put(name, argument);
        return ":" + name;
    }
}
