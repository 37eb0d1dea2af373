package dev.howdah.documents.query;

import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.Values;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Documents and filters out of few names and values, so that they often meet. */
final class RandomDocuments {
    private static final List<String> NAMES = List.of("a", "b", "c", "0", "1");
    private static final List<String> SCALARS = List.of("null", "true", "false", "0", "1", "2", "-1", "1.5", "2.0", "7",
            "\"a\"", "\"b\"", "\"\"", "\"A1\"", "\"a\\nb\"", "\"\\uD83D\\uDE00\"", "\"\\uFFFD\"",
            "{\"$date\":\"2020-01-01T00:00:00Z\"}", "{\"$date\":\"2021-06-01T12:00:00.5Z\"}",
            "{\"$date\":{\"$numberLong\":\"-99999999999999\"}}", "{\"$date\":{\"$numberLong\":\"999999999999999\"}}",
            "{\"$oid\":\"507f1f77bcf86cd799439011\"}", "{\"$oid\":\"507f1f77bcf86cd799439012\"}",
            "{\"$numberDouble\":\"NaN\"}", "{\"$numberDouble\":\"Infinity\"}", "{\"$numberDouble\":\"-Infinity\"}",
            "{\"$timestamp\":{\"t\":5,\"i\":1}}", "{\"$timestamp\":{\"t\":5,\"i\":2}}", "{\"$minKey\":1}",
            "{\"$maxKey\":1}",
            "{\"$binary\":{\"base64\":\"AQID\",\"subType\":\"00\"}}",
            "{\"$regularExpression\":{\"pattern\":\"a\",\"options\":\"\"}}",
            "{\"$code\":\"f()\"}", "{\"$code\":\"f()\",\"$scope\":{\"a\":1}}", "{\"$symbol\":\"a\"}",
            "{\"$undefined\":true}");
    private static final List<String> TYPES = List.of("number", "string", "object", "array", "binData", "undefined",
            "objectId", "bool", "date", "null", "regex", "javascript", "symbol", "javascriptWithScope", "timestamp",
            "minKey",
            "maxKey");
    private static final List<String> PATTERNS = List.of("a", "^a", "b$", "^$", "[a-c]1", "A", "a.b", "(a|b)+", "\\\\d",
            "[^a]");

    private final Random random;

    RandomDocuments(long seed) {
        this.random = new Random(seed);
    }

    ObjectNode document() {
        var node = JsonNodeFactory.instance.objectNode();
        for (var name : List.of("a", "b", "c")) {
            if (random.nextInt(4) > 0) {
                node.set(name, value(4));
            }
        }
        return Values.normalise(node, DocumentLimits.DEFAULT).data();
    }

    JsonNode value(int depth) {
        var kind = random.nextInt(10);
        if (depth > 0 && kind < 3) {
            var array = JsonNodeFactory.instance.arrayNode();
            for (int i = random.nextInt(4); i > 0; i--) {
                array.add(value(depth - 1));
            }
            return array;
        }
        if (depth > 0 && kind < 6) {
            var object = JsonNodeFactory.instance.objectNode();
            for (int i = random.nextInt(3); i > 0; i--) {
                object.set(pick(NAMES), value(depth - 1));
            }
            return object;
        }
        return scalar();
    }

    private JsonNode scalar() {
        return Values.parse(random.nextBoolean() ? SCALARS.get(random.nextInt(12)) : pick(SCALARS));
    }

    ObjectNode filter() {
        return filter(2);
    }

    private ObjectNode filter(int depth) {
        var node = JsonNodeFactory.instance.objectNode();
        for (int i = random.nextInt(5) == 0 ? 2 : 1; i > 0; i--) {
            if (depth > 0 && random.nextInt(5) == 0) {
                var members = node.putArray(pick(List.of("$and", "$or", "$nor")));
                members.add(filter(depth - 1)).add(filter(depth - 1));
            } else {
                node.set(path(), random.nextInt(4) == 0 ? value(2) : operators(depth));
            }
        }
        return node;
    }

    String path() {
        var path = new StringBuilder(pick(List.of("a", "b", "c")));
        for (int i = random.nextInt(4); i > 0; i--) {
            path.append('.').append(pick(NAMES));
        }
        return path.toString();
    }

    private ObjectNode operators(int depth) {
        var node = JsonNodeFactory.instance.objectNode();
        for (int i = random.nextInt(4) == 0 ? 2 : 1; i > 0; i--) {
            operator(node, depth);
        }
        return node;
    }

    private void operator(ObjectNode node, int depth) {
        switch (random.nextInt(depth > 0 ? 14 : 12)) {
            case 0 -> node.set("$eq", value(2));
            case 1 -> node.set("$ne", value(2));
            case 2, 3, 4 -> node.set(pick(List.of("$gt", "$gte", "$lt", "$lte")), ordered());
            case 5 -> node.putArray(pick(List.of("$in", "$nin"))).add(value(1)).add(value(1)).add(scalar());
            case 6 -> node.put("$exists", random.nextBoolean());
            case 7 -> node.putArray("$type").add(pick(TYPES)).add(pick(TYPES));
            case 8 -> node.putArray("$all").add(value(1)).add(scalar());
            case 9 -> node.put("$size", random.nextInt(4));
            case 10 -> node.put("$regex", Values.parse("\"" + pick(PATTERNS) + "\"").stringValue()).put("$options",
                    pick(List.of("", "i", "m", "s", "im")));
            case 11 -> node.putArray("$mod").add(pick(List.of(2, 3, -2))).add(pick(List.of(0, 1, -1)));
            case 12 -> node.set("$not", operators(depth - 1));
            default -> node.set("$elemMatch", random.nextBoolean() ? operators(depth - 1) : filter(depth - 1));
        }
    }

    private JsonNode ordered() {
        var values = SCALARS.stream().filter(RandomDocuments::isOrdered).toList();
        return Values.parse(random.nextBoolean() ? values.get(random.nextInt(12)) : pick(values));
    }

    private static boolean isOrdered(String scalar) {
        try {
            var filter = JsonNodeFactory.instance.objectNode().set("$gt", Values.parse(scalar));
            return !Filter.parseCondition(filter, FilterLimits.DEFAULT).equals(Filter.ALL);
        } catch (dev.howdah.postgres.InvalidInputException e) {
            return false;
        }
    }

    /** A comparison of two paths or of a path and a value. */
    ObjectNode expression() {
        var node = JsonNodeFactory.instance.objectNode();
        var operands = node.putObject("$expr").putArray(pick(List.of("$eq", "$ne", "$gt", "$gte", "$lt", "$lte")));
        operands.add("$" + path().replaceAll("\\.[01]", ""));
        operands.add(random.nextBoolean()
                ? JsonNodeFactory.instance.stringNode("$" + path().replaceAll("\\.[01]", ""))
                : JsonNodeFactory.instance.objectNode().set("$literal", value(2)));
        return node;
    }

    private <T> T pick(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }
}
