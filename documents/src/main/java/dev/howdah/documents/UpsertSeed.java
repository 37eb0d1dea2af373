package dev.howdah.documents;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.update.OperatorUpdate;
import dev.howdah.documents.update.Update;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What a document that is made by an upsert begins with: the fields that the filter says are equal to one value. */
final class UpsertSeed {
    private UpsertSeed() {}

    /** Nothing for a replacement, which is the whole document. */
    static ObjectNode of(Filter filter, Update update) {
        var seed = JsonNodeFactory.instance.objectNode();
        if (update instanceof OperatorUpdate) {
            collect(filter, seed);
        }
        return seed;
    }

    /** The {@code _id} that the filter asks for. */
    static Optional<JsonNode> id(Filter filter) {
        var seed = JsonNodeFactory.instance.objectNode();
        collect(filter, seed);
        return Optional.ofNullable(seed.get("_id"));
    }

    private static void collect(Filter filter, ObjectNode seed) {
        switch (filter) {
            case Filter.And and -> and.filters().forEach(part -> collect(part, seed));
            case Filter.Or or when or.filters().size() == 1 -> collect(or.filters().getFirst(), seed);
            case Filter.Field field when field.test() instanceof Filter.In in && in.values().size() == 1
                    && in.patterns().isEmpty() ->
                put(seed, field.path().steps(), in.values().getFirst());
            case Filter.Or _,Filter.Field _,Filter.Not _,Filter.Self _,Filter.Expr _ -> {
                // says nothing about one value
            }
        }
    }

    private static void put(ObjectNode seed, List<String> path, JsonNode value) {
        var at = seed;
        for (var name : path.subList(0, path.size() - 1)) {
            at = at.get(name) instanceof ObjectNode below ? below : at.putObject(name);
        }
        at.set(path.getLast(), value);
    }
}
