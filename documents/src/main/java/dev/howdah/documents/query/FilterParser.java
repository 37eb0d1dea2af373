package dev.howdah.documents.query;

import dev.howdah.documents.query.Filter.Comparison;
import dev.howdah.documents.query.Filter.Test;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.ValueType;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a filter's JSON, once, with its limits. */
final class FilterParser {
    private static final String LOGICAL = "$and, $or, $nor, $expr, $comment";
    private static final String OPERATORS = "$eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $type, $all, $elemMatch, "
            + "$size, $regex, $options, $mod, $not";
    private static final Set<String> LOGICAL_NAMES = Set.of(LOGICAL.split(", "));
    private static final Set<String> WRAPPERS = Set.of("$oid", "$date", "$binary", "$uuid", "$numberInt", "$numberLong",
            "$numberDouble", "$numberDecimal", "$regularExpression", "$timestamp", "$minKey", "$maxKey", "$code",
            "$symbol",
            "$dbPointer", "$undefined", "$ref", "$id", "$db");
    private static final Set<ValueType> ORDERED = EnumSet.of(ValueType.NUMBER, ValueType.STRING, ValueType.OBJECT_ID,
            ValueType.BOOLEAN, ValueType.DATE, ValueType.TIMESTAMP);
    private static final Set<String> NUMBER_TYPES = Set.of("int", "long", "double", "decimal", "1", "16", "18", "19");

    private final FilterLimits limits;
    private int clauses;
    private boolean withinElements;

    FilterParser(FilterLimits limits) {
        this.limits = limits;
    }

    Filter filter(ObjectNode given) {
        return filter(given, 1);
    }

    Filter condition(JsonNode given) {
        if (given instanceof ObjectNode object && !isLiteral(object)) {
            return isOperators(object) ? tests(object, "", Filter.Self::new, 1) : filter(object, 1);
        }
        return new Filter.Self(equality(given, ""));
    }

    private Filter filter(ObjectNode given, int depth) {
        checkDepth(depth);
        var parts = new ArrayList<Filter>();
        given.forEachEntry((name, operand) -> {
            switch (name) {
                case "$and" -> parts.add(new Filter.And(filters(operand, name, depth)));
                case "$or" -> parts.add(new Filter.Or(filters(operand, name, depth)));
                case "$nor" -> parts.add(new Filter.Not(new Filter.Or(filters(operand, name, depth))));
                case "$expr" -> parts.add(expr(operand));
                case "$comment" -> {
                    // a note for the reader
                }
                default -> {
                    if (name.startsWith("$")) {
                        throw invalid(name, "the operator " + name + " is not supported here",
                                "supported are " + LOGICAL
                                        + ", and below a field " + OPERATORS);
                    }
                    parts.add(field(FieldPath.parse(name), operand, depth));
                }
            }
        });
        return parts.size() == 1 ? parts.getFirst() : new Filter.And(parts);
    }

    private Filter expr(JsonNode operand) {
        if (withinElements) {
            throw invalid("$expr", "$expr stands within $elemMatch", "put it at the top of the filter");
        }
        return new Filter.Expr(new ExpressionParser(this::count, limits).expression(operand));
    }

    private List<Filter> filters(JsonNode given, String name, int depth) {
        if (!(given instanceof ArrayNode) || given.isEmpty()) {
            throw invalid(name, name + " is not an array with members", "give it a list of filters");
        }
        var filters = new ArrayList<Filter>();
        for (var member : given) {
            if (!(member instanceof ObjectNode object)) {
                throw invalid(name, name + " has a member that is not an object", "give it a list of filters");
            }
            filters.add(filter(object, depth + 1));
        }
        return filters;
    }

    private Filter field(FieldPath path, JsonNode operand, int depth) {
        Function<Test, Filter> target = test -> new Filter.Field(path, test);
        if (operand instanceof ObjectNode object && !isLiteral(object) && isOperators(object)) {
            return tests(object, path.toString(), target, depth);
        }
        return target.apply(equality(operand, path.toString()));
    }

    /** All operators of one object, on a field or on the value itself. */
    private Filter tests(ObjectNode operators, String at, Function<Test, Filter> target, int depth) {
        checkDepth(depth);
        var parts = new ArrayList<Filter>();
        operators.forEachEntry((name, operand) -> {
            switch (name) {
                case "$eq" -> parts.add(target.apply(exactly(operand, at)));
                case "$ne" -> parts.add(new Filter.Not(target.apply(exactly(operand, at))));
                case "$gt" -> parts.add(range(Comparison.GT, operand, at, target));
                case "$gte" -> parts.add(range(Comparison.GTE, operand, at, target));
                case "$lt" -> parts.add(range(Comparison.LT, operand, at, target));
                case "$lte" -> parts.add(range(Comparison.LTE, operand, at, target));
                case "$in" -> parts.add(target.apply(in(list(operand, name, at), at)));
                case "$nin" -> parts.add(new Filter.Not(target.apply(in(list(operand, name, at), at))));
                case "$exists" -> parts.add(exists(operand, target));
                case "$type" -> parts.add(target.apply(type(operand, at)));
                case "$all" -> parts.add(all(list(operand, name, at), at, target, depth));
                case "$elemMatch" -> parts.add(target.apply(elemMatch(operand, at, depth)));
                case "$size" -> parts.add(target.apply(size(operand, at)));
                case "$regex" -> parts.add(target.apply(regex(operand, operators.get("$options"), at)));
                case "$options" -> {
                    if (!operators.has("$regex")) {
                        throw invalid(at, "$options stands without $regex", "put it beside $regex");
                    }
                }
                case "$mod" -> parts.add(target.apply(mod(operand, at)));
                case "$not" -> parts.add(new Filter.Not(not(operand, at, target, depth)));
                default ->
                    throw invalid(at, "the operator " + name + " is not supported", "supported are " + OPERATORS);
            }
        });
        return parts.size() == 1 ? parts.getFirst() : new Filter.And(parts);
    }

    private Filter not(JsonNode operand, String at, Function<Test, Filter> target, int depth) {
        if (operand instanceof ObjectNode object && ValueType.of(object) == ValueType.REGEX) {
            count();
            return target.apply(regexOf(object, at));
        }
        if (operand instanceof ObjectNode object && !object.isEmpty() && isOperators(object) && !isLiteral(object)) {
            return tests(object, at, target, depth + 1);
        }
        throw invalid(at, "$not is given neither operators nor a regular expression", "write {\"$not\": {\"$gt\": 5}}");
    }

    /** What a field without operators must equal; a regular expression is searched for instead. */
    private Test equality(JsonNode operand, String at) {
        return in(List.of(operand), at);
    }

    /** Of {@code $eq} and {@code $ne}: a regular expression equals only itself. */
    private Test exactly(JsonNode operand, String at) {
        count();
        return new Filter.In(List.of(literal(operand, at)), List.of());
    }

    private Test in(List<JsonNode> operands, String at) {
        count();
        var values = new ArrayList<JsonNode>();
        var patterns = new ArrayList<Filter.Regex>();
        for (var operand : operands) {
            var value = literal(operand, at);
            values.add(value);
            if (ValueType.of(value) == ValueType.REGEX) {
                patterns.add(regexOf(value, at));
            }
        }
        return new Filter.In(values, patterns);
    }

    private Filter range(Comparison comparison, JsonNode operand, String at, Function<Test, Filter> target) {
        count();
        var value = literal(operand, at);
        var type = ValueType.of(value);
        var name = "$" + comparison.name().toLowerCase(java.util.Locale.ROOT);
        var alone = type == ValueType.NULL
                || (type == ValueType.NUMBER && "NaN".equals(value.path("$numberDouble").asString("")));
        if (alone) { // null and NaN have nothing below or above them within their type
            return comparison.accepts(0)
                    ? target.apply(new Filter.In(List.of(value), List.of()))
                    : new Filter.Or(List.of());
        }
        if (!ORDERED.contains(type)) {
            throw invalid(at, name + " is given a value of type " + type.alias(),
                    "ranges are over numbers, texts, dates, ObjectIds, booleans and timestamps");
        }
        if (type == ValueType.DATE && !value.path("$date").isString()) {
            throw invalid(at, name + " is given a date outside of the years 0 to 9999", "use a date within them");
        }
        return target.apply(new Filter.Range(comparison, value));
    }

    private Filter exists(JsonNode operand, Function<Test, Filter> target) {
        count();
        var wanted = operand.isBoolean()
                ? operand.booleanValue()
                : operand.isNumber() ? operand.decimalValue().signum() != 0 : !operand.isNull();
        var there = target.apply(new Filter.Exists());
        return wanted ? there : new Filter.Not(there);
    }

    private Test type(JsonNode operand, String at) {
        count();
        var types = EnumSet.noneOf(ValueType.class);
        for (var name : operand.isArray() ? list(operand, "$type", at) : List.of(operand)) {
            if (NUMBER_TYPES.contains(name.asString(""))) {
                throw invalid(at, "$type does not tell " + name + " from other numbers", "use \"number\"");
            }
            types.add(ValueType.byAlias(name).orElseThrow(
                    () -> invalid(at, "the type " + name + " is not known", "known are " + ValueType.aliases())));
        }
        if (types.isEmpty()) {
            throw invalid(at, "$type is given no type", "known are " + ValueType.aliases());
        }
        return new Filter.Type(types);
    }

    private Filter all(List<JsonNode> members, String at, Function<Test, Filter> target, int depth) {
        if (members.isEmpty()) {
            return new Filter.Or(List.of());
        }
        var parts = new ArrayList<Filter>();
        for (var member : members) {
            parts.add(target.apply(member.isObject() && member.has("$elemMatch") && member.size() == 1
                    ? elemMatch(member.path("$elemMatch"), at, depth)
                    : equality(member, at)));
        }
        return new Filter.And(parts);
    }

    private Test elemMatch(JsonNode operand, String at, int depth) {
        count();
        if (!(operand instanceof ObjectNode object) || isLiteral(object)) {
            throw invalid(at, "$elemMatch is not given an object",
                    "give it operators or a filter on the elements' fields");
        }
        if (isOperators(object)) {
            return new Filter.ElemMatch(tests(object, at, Filter.Self::new, depth + 1));
        }
        var outer = withinElements;
        withinElements = true;
        var filter = filter(object, depth + 1);
        withinElements = outer;
        return new Filter.ElemMatch(filter);
    }

    private Test size(JsonNode operand, String at) {
        count();
        var value = literal(operand, at);
        if (!value.isNumber() || value.decimalValue().signum() < 0 || whole(value).bitLength() > 31
                || value.decimalValue().compareTo(new BigDecimal(whole(value))) != 0) {
            throw invalid(at, "$size is given " + value + ", not a whole number from 0", "give the array's length");
        }
        return new Filter.Size(whole(value).intValueExact());
    }

    private Test mod(JsonNode operand, String at) {
        count();
        if (!operand.isArray() || operand.size() != 2) {
            throw invalid(at, "$mod is not given two numbers", "write {\"$mod\": [divisor, remainder]}");
        }
        var divisor = literal(operand.get(0), at);
        var remainder = literal(operand.get(1), at);
        if (!divisor.isNumber() || !remainder.isNumber() || whole(divisor).signum() == 0
                || whole(divisor).bitLength() > 63 || whole(remainder).bitLength() > 63) {
            throw invalid(at, "$mod is given " + operand, "give two whole numbers of 64 bits, the divisor not 0");
        }
        return new Filter.Mod(whole(divisor), whole(remainder));
    }

    private static BigInteger whole(JsonNode number) {
        return number.decimalValue().setScale(0, RoundingMode.DOWN).toBigInteger();
    }

    private Test regex(JsonNode operand, @Nullable JsonNode options, String at) {
        count();
        if (options != null && !options.isString()) {
            throw invalid(at, "$options is not a text", "give it letters of i, m, s");
        }
        var extra = options == null ? "" : options.stringValue();
        if (ValueType.of(operand) == ValueType.REGEX) {
            var inner = operand.path("$regularExpression");
            return new Filter.Regex(RegexPattern.parse(inner.path("pattern").asString(""),
                    extra.isEmpty() ? inner.path("options").asString("") : extra, at, limits.patternMax()));
        }
        if (!operand.isString()) {
            throw invalid(at, "$regex is not a text", "give it a pattern");
        }
        return new Filter.Regex(RegexPattern.parse(operand.stringValue(), extra, at, limits.patternMax()));
    }

    private Filter.Regex regexOf(JsonNode regex, String at) {
        var inner = regex.path("$regularExpression");
        return new Filter.Regex(
                RegexPattern.parse(inner.path("pattern").asString(""), inner.path("options").asString(""), at,
                        limits.patternMax()));
    }

    private List<JsonNode> list(JsonNode operand, String name, String at) {
        if (!(operand instanceof ArrayNode)) {
            throw invalid(at, name + " is not given an array", "put the values into brackets");
        }
        if (operand.size() > limits.listMax()) {
            throw new InvalidInputException("filter-too-large", at,
                    name + " has " + operand.size() + " values, more than "
                            + limits.listMax(),
                    "ask in several queries");
        }
        return List.copyOf(operand.values());
    }

    private static JsonNode literal(JsonNode operand, String at) {
        try {
            return Values.normaliseValue(operand, DocumentLimits.DEFAULT).value();
        } catch (InvalidInputException e) {
            throw new InvalidInputException("filter-invalid", e.faults().stream()
                    .map(fault -> new InvalidInputException.Fault(at, fault.problem(), fault.remedy())).toList());
        }
    }

    private void count() {
        clauses++;
        if (clauses > limits.clausesMax()) {
            throw new InvalidInputException("filter-too-large", "", "the filter has more than " + limits.clausesMax()
                    + " conditions", "use $in for many values of one field");
        }
    }

    private void checkDepth(int depth) {
        if (depth > limits.depthMax()) {
            throw new InvalidInputException("filter-too-large", "",
                    "the filter is nested deeper than " + limits.depthMax()
                            + " levels",
                    "flatten it");
        }
    }

    /** A value of Extended JSON, or a reference, in spite of its dollar. */
    private static boolean isLiteral(ObjectNode object) {
        return !object.isEmpty() && WRAPPERS.contains(object.propertyNames().iterator().next());
    }

    private static boolean isOperators(ObjectNode object) {
        if (object.isEmpty()) {
            return false;
        }
        var first = object.propertyNames().iterator().next();
        return first.startsWith("$") && !LOGICAL_NAMES.contains(first);
    }

    private static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("filter-invalid", field, problem, remedy);
    }
}
