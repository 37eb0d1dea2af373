package dev.howdah.documents.value;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
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
        var node = value(value, Place.ROOT, 1);
        if (!faults.isEmpty()) {
            throw new InvalidInputException("document-invalid", faults.subList(0, Math.min(FAULTS_MAX, faults.size())));
        }
        return new StoredValue(node, types);
    }

    private JsonNode value(JsonNode given, Place at, int depth) {
        return switch (given.getNodeType()) {
            case NULL, BOOLEAN -> given;
            case STRING -> text(given, at);
            case NUMBER -> number(given, at);
            case ARRAY -> array((ArrayNode) given, at, depth);
            case OBJECT -> object((ObjectNode) given, at, depth);
            case MISSING, BINARY, POJO -> fault(at, "is a " + given.getNodeType() + " node", "use JSON values");
        };
    }

    private JsonNode text(JsonNode given, Place at) {
        checkText(given.stringValue(), at, "the text");
        return given;
    }

    private void checkText(String text, Place at, String what) {
        if (text.indexOf('\0') >= 0) {
            fault(at, what + " contains the character U+0000, which PostgreSQL cannot keep",
                    "remove it, or keep the bytes as $binary");
        } else if (!CodePoints.isWellFormed(text)) {
            fault(at, what + " is not valid Unicode: half of a surrogate pair stands alone", "correct the text");
        }
    }

    private JsonNode number(JsonNode given, Place at) {
        if (given.isInt() || given.isLong()) {
            return JsonNodeFactory.instance.numberNode(given.longValue());
        }
        if (given.isFloat() || given.isDouble()) {
            return keep(Numbers.ofDouble(given.doubleValue()), at);
        }
        var number = Numbers.ofPlain(given.decimalValue());
        return number.isPresent()
                ? keep(number.get(), at)
                : fault(at, "the number has more than 34 digits or an exponent beyond 6144",
                        "round it, or keep it as text");
    }

    private JsonNode keep(Numbers.StoredNumber number, Place at) {
        number.tag().ifPresent(tag -> types.put(at.toString(), tag));
        return number.node();
    }

    private JsonNode array(ArrayNode given, Place at, int depth) {
        checkDepth(at, depth);
        var array = JsonNodeFactory.instance.arrayNode(given.size());
        for (int i = 0; i < given.size(); i++) {
            array.add(value(given.get(i), at.element(i), depth + 1));
        }
        return array;
    }

    private JsonNode object(ObjectNode given, Place at, int depth) {
        if (!given.isEmpty()) {
            var first = given.propertyNames().iterator().next();
            if (first.startsWith("$") && !REFERENCE_FIELDS.contains(first)) {
                return wrapper(given, first, at, depth);
            }
        }
        checkDepth(at, depth);
        var object = JsonNodeFactory.instance.objectNode();
        given.forEachEntry((name, child) -> {
            var below = at.field(name);
            checkName(name, below);
            object.set(name, value(child, below, depth + 1));
        });
        return object;
    }

    private void checkName(String name, Place at) {
        checkText(name, at, "the field's name");
        if (name.startsWith("$") && !REFERENCE_FIELDS.contains(name)) {
            fault(at, "the field's name begins with $",
                    "names that begin with $ are operators and types; rename it");
        }
    }

    private JsonNode wrapper(ObjectNode given, String name, Place at, int depth) {
        try {
            var number = Numbers.ofWrapper(given, name);
            if (number.isPresent()) {
                return keep(number.get(), at);
            }
            if (name.equals("$code") && given.has("$scope")) {
                return codeWithScope(given, at, depth);
            }
            var stored = Wrappers.stored(given, name);
            stored.properties().stream().filter(entry -> entry.getValue().isString())
                    .forEach(entry -> checkText(entry.getValue().stringValue(), at, "the text"));
            return stored;
        } catch (WrapperException e) {
            return fault(at, e.problem(), e.remedy());
        }
    }

    private JsonNode codeWithScope(ObjectNode given, Place at, int depth) throws WrapperException {
        if (given.size() != 2 || !given.path("$code").isString()
                || !(given.get("$scope") instanceof ObjectNode scope)) {
            throw new WrapperException("$code with $scope is not a text and an object",
                    "write {\"$code\": \"...\", \"$scope\": {}}");
        }
        checkText(given.path("$code").stringValue(), at, "the code");
        var node = JsonNodeFactory.instance.objectNode().put("$code", given.path("$code").stringValue());
        node.set("$scope", value(scope, at.field("$scope"), depth + 1));
        return node;
    }

    private void checkDepth(Place at, int depth) {
        if (depth > limits.depthMax()) {
            throw Values.tooDeep(at.toString(), limits);
        }
    }

    private JsonNode fault(Place at, String problem, String remedy) {
        faults.add(new Fault(at.toString(), problem, remedy));
        return JsonNodeFactory.instance.nullNode();
    }

    /** Where a value stands; written out as a JSON pointer only for the few that need one. */
    private record Place(@Nullable Place parent, String name, int index) {
        static final Place ROOT = new Place(null, "", -1);

        Place field(String field) {
            return new Place(this, field, -1);
        }

        Place element(int position) {
            return new Place(this, "", position);
        }

        @Override
        public String toString() {
            return parent == null
                    ? ""
                    : index < 0 ? Values.pointer(parent.toString(), name) : parent + "/" + index;
        }
    }
}
