package dev.howdah.operations.imports;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Indexes as MongoDB describes them, and which of them exist here. */
final class MongoIndexes {
    private static final String KEY = "key";
    private static final List<String> WITHOUT_LIKE = List.of("partialFilterExpression", "collation",
            "wildcardProjection", "weights");

    private MongoIndexes() {}

    /**
     * Those of a collection but the one on {@code _id}.
     *
     * @param collection its name at the target
     * @param indexes descriptions in Extended JSON
     */
    static List<SourceIndex> of(String collection, Iterable<JsonNode> indexes) {
        var found = new ArrayList<SourceIndex>();
        for (var index : indexes) {
            var paths = List.copyOf(index.path(KEY).propertyNames());
            if (!paths.equals(List.of("_id"))) {
                found.add(of(collection, index, paths));
            }
        }
        return found;
    }

    private static SourceIndex of(String collection, JsonNode index, List<String> paths) {
        boolean isUnique = isTrue(index.path("unique"));
        return new SourceIndex(collection, name(index.path("name").asString("")), index.path(KEY).toString(), paths,
                isUnique, refusal(index, isUnique));
    }

    private static Optional<String> refusal(JsonNode index, boolean isUnique) {
        for (var key : index.path(KEY)) {
            if (key.isString() && !key.stringValue().equals("hashed")) {
                return Optional.of("an index of kind " + key.stringValue() + " does not exist here");
            }
        }
        if (index.path(KEY).propertyNames().stream().anyMatch(path -> path.contains("$"))) {
            return Optional.of("a wildcard index does not exist here; a gin index serves equality on any path");
        }
        if (isUnique && isTrue(index.path("sparse"))) {
            return Optional.of("a unique index counts a missing field as null, which a sparse one does not");
        }
        if (index.has("expireAfterSeconds")) {
            return Optional.of("documents do not expire; delete them by a schedule");
        }
        return WITHOUT_LIKE.stream().filter(index::has).findFirst().map(option -> option + " has no like here");
    }

    private static boolean isTrue(JsonNode node) {
        return node.isBoolean() && node.booleanValue();
    }

    /** As names are allowed here. */
    private static String name(String name) {
        var plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        var named = plain.matches("[a-z].*") ? plain : "i_" + plain;
        return named.length() <= 40
                ? named
                : named.substring(0, 31) + "_" + String.format(Locale.ROOT, "%08x", name
                        .hashCode());
    }
}
