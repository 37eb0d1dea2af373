package dev.howdah.documents.value;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One walk over a given value that makes the stored form and collects every fault. */
final class Normaliser {
    /** Fields of a DBRef, which is an object by convention. */
    private static final Set<String> REFERENCE_FIELDS = Set.of("$ref", "$id", "$db");
    private static final int FAULTS_MAX = 20;

    private final DocumentLimits limits;
    private final TreeMap<String, String> types = new TreeMap<>();
    private final List<Fault> faults = new ArrayList<>();

    Normaliser(DocumentLimits limits) {
        this.limits = limits;
    }

    StoredValue stored(JsonNode value) {
        var node = value(value, "", 1);
        if (!faults.isEmpty()) {
            throw new InvalidInputException("document-invalid", faults.subList(0, Math.min(FAULTS_MAX, faults.size())));
        }
        return new StoredValue(node, types);
    }

    private JsonNode value(JsonNode given, String pointer, int depth) {
        return switch (given.getNodeType()) {
            case NULL, BOOLEAN -> given;
            case STRING -> text(given, pointer);
            case NUMBER -> number(given, pointer);
            case ARRAY -> array((ArrayNode) given, pointer, depth);
            case OBJECT -> object((ObjectNode) given, pointer, depth);
            case MISSING, BINARY, POJO -> fault(pointer, "is a " + given.getNodeType() + " node", "use JSON values");
        };
    }

    private JsonNode text(JsonNode given, String pointer) {
        checkText(given.stringValue(), pointer, "the text");
        return given;
    }

    private void checkText(String text, String pointer, String what) {
        if (text.indexOf('\0') >= 0) {
            fault(pointer, what + " contains the character U+0000, which PostgreSQL cannot keep",
                    "remove it, or keep the bytes as $binary");
        } else if (!CodePoints.isWellFormed(text)) {
            fault(pointer, what + " is not valid Unicode: half of a surrogate pair stands alone", "correct the text");
        }
    }

    private JsonNode number(JsonNode given, String pointer) {
        if (given.isFloat() || given.isDouble()) {
            return keep(Numbers.ofDouble(given.doubleValue()), pointer);
        }
        var number = Numbers.ofPlain(given.decimalValue());
        return number.isPresent()
                ? keep(number.get(), pointer)
                : fault(pointer, "the number has more than 34 digits or an exponent beyond 6144",
                        "round it, or keep it as text");
    }

    private JsonNode keep(Numbers.StoredNumber number, String pointer) {
        number.tag().ifPresent(tag -> types.put(pointer, tag));
        return number.node();
    }

    private JsonNode array(ArrayNode given, String pointer, int depth) {
        checkDepth(pointer, depth);
        var array = JsonNodeFactory.instance.arrayNode(given.size());
        for (int i = 0; i < given.size(); i++) {
            array.add(value(given.get(i), pointer + "/" + i, depth + 1));
        }
        return array;
    }

    private JsonNode object(ObjectNode given, String pointer, int depth) {
        if (!given.isEmpty()) {
            var first = given.propertyNames().iterator().next();
            if (first.startsWith("$") && !REFERENCE_FIELDS.contains(first)) {
                return wrapper(given, first, pointer, depth);
            }
        }
        checkDepth(pointer, depth);
        var object = JsonNodeFactory.instance.objectNode();
        given.forEachEntry((name, child) -> {
            var at = Values.pointer(pointer, name);
            checkName(name, at);
            object.set(name, value(child, at, depth + 1));
        });
        return object;
    }

    private void checkName(String name, String pointer) {
        checkText(name, pointer, "the field's name");
        if (name.startsWith("$") && !REFERENCE_FIELDS.contains(name)) {
            fault(pointer, "the field's name begins with $",
                    "names that begin with $ are operators and types; rename it");
        }
    }

    private JsonNode wrapper(ObjectNode given, String name, String pointer, int depth) {
        try {
            var number = Numbers.ofWrapper(given, name);
            if (number.isPresent()) {
                return keep(number.get(), pointer);
            }
            if (name.equals("$code") && given.has("$scope")) {
                return codeWithScope(given, pointer, depth);
            }
            var stored = Wrappers.stored(given, name);
            stored.properties().stream().filter(entry -> entry.getValue().isString())
                    .forEach(entry -> checkText(entry.getValue().stringValue(), pointer, "the text"));
            return stored;
        } catch (WrapperException e) {
            return fault(pointer, e.problem(), e.remedy());
        }
    }

    private JsonNode codeWithScope(ObjectNode given, String pointer, int depth) throws WrapperException {
        if (given.size() != 2 || !given.path("$code").isString()
                || !(given.get("$scope") instanceof ObjectNode scope)) {
            throw new WrapperException("$code with $scope is not a text and an object",
                    "write {\"$code\": \"...\", \"$scope\": {}}");
        }
        checkText(given.path("$code").stringValue(), pointer, "the code");
        var node = JsonNodeFactory.instance.objectNode().put("$code", given.path("$code").stringValue());
        node.set("$scope", value(scope, pointer + "/$scope", depth + 1));
        return node;
    }

    private void checkDepth(String pointer, int depth) {
        if (depth > limits.depthMax()) {
            throw Values.tooDeep(pointer, limits);
        }
    }

    private JsonNode fault(String pointer, String problem, String remedy) {
        faults.add(new Fault(pointer, problem, remedy));
        return JsonNodeFactory.instance.nullNode();
    }
}
