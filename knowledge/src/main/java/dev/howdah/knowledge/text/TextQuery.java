package dev.howdah.knowledge.text;

import dev.howdah.knowledge.collection.FieldType;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.Filter.Comparison;
import dev.howdah.knowledge.collection.Filter.Operator;
import dev.howdah.knowledge.collection.SearchCollection;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A question as people and agents write it. Words are alternatives that add to the score; {@code +word} and {@code "a
 * phrase"} must occur, {@code -word} and {@code -"a phrase"} must not, {@code field:value}, {@code field:"a value"},
 * {@code field:>=3} and {@code -field:value} filter by metadata. Nothing is a syntax error: what is no operator is a word.
 *
 * @param words everything that scores, operators taken off
 * @param required texts of which each must occur, as a phrase if it has several words
 * @param excluded texts of which none may occur
 * @param filter what the fields say
 */
public record TextQuery(String words, List<String> required, List<String> excluded, Filter filter) {
    /** Characters that are read; the rest of a longer question is left out. */
    public static final int CHARACTERS_MAX = 10_000;
    /** Operators that are read as such; further ones are words. */
    public static final int OPERATORS_MAX = 20;

    private static final Pattern TOKEN = Pattern.compile("(?<sign>[+-]?)"
            + "(?:(?<field>[A-Za-z_][A-Za-z0-9_.-]{0,62}):(?<operator>>=|<=|>|<|))?"
            + "(?:\"(?<phrase>[^\"]*)\"|(?<word>[^\\s\"]+))");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,18}(\\.\\d{1,18})?");

    public TextQuery {
        required = List.copyOf(required);
        excluded = List.copyOf(excluded);
    }

    /** Reads a question to a collection; if that declares fields, only these filter. */
    public static TextQuery parse(SearchCollection collection, String question) {
        return new Parser(collection).parse(clean(question));
    }

    /** The question without operators: only words. */
    public static TextQuery ofWords(String question) {
        return new TextQuery(clean(question), List.of(), List.of(), Filter.none());
    }

    /** Whether anything but words was asked for. */
    public boolean hasOperators() {
        return hasTextConditions() || !filter.equals(Filter.none());
    }

    /** Whether a text itself must be looked at, not only its metadata. */
    public boolean hasTextConditions() {
        return !required.isEmpty() || !excluded.isEmpty();
    }

    /** Bounded, and nothing in it that PostgreSQL cannot take: no NUL, no half of a character. */
    private static String clean(String question) {
        var cut = question.substring(0, Math.min(question.length(), CHARACTERS_MAX)).replace('\0', ' ');
        return new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static final class Parser {
        private final SearchCollection collection;
        private final StringBuilder words = new StringBuilder();
        private final List<String> required = new ArrayList<>();
        private final List<String> excluded = new ArrayList<>();
        private final List<Filter> filters = new ArrayList<>();

        Parser(SearchCollection collection) {
            this.collection = collection;
        }

        TextQuery parse(String question) {
            var token = TOKEN.matcher(question);
            while (token.find()) {
                boolean startsHere = token.start() == 0 || Character.isWhitespace(question.charAt(token.start() - 1));
                boolean isFull = required.size() + excluded.size() + filters.size() >= OPERATORS_MAX;
                if (!startsHere || isFull || !isOperator(token)) {
                    add(token.group());
                }
            }
            return new TextQuery(words.toString(), required, excluded, Filter.and(filters.toArray(Filter[]::new)));
        }

        /** Takes the token as an operator, if it is one. */
        private boolean isOperator(Matcher token) {
            boolean isNegative = token.group("sign").equals("-");
            var phrase = Optional.ofNullable(token.group("phrase"));
            var text = phrase.orElseGet(() -> token.group("word"));
            if (token.group("field") != null) {
                return isFilter(token.group("field"), token.group("operator"), text, isNegative);
            }
            if (text.isBlank() || (phrase.isEmpty()
                    && (token.group("sign").isEmpty() || !Character.isLetterOrDigit(text.codePointAt(0))))) {
                return false;
            }
            if (isNegative) {
                excluded.add(text);
            } else {
                required.add(text);
                add(text);
            }
            return true;
        }

        private boolean isFilter(String field, String operator, String value, boolean isNegative) {
            boolean isAddress = value.startsWith("/") || value.startsWith(":") || value.startsWith("\\");
            if (isAddress || (!collection.fields().isEmpty() && !collection.fields().containsKey(field))) {
                return false;
            }
            return condition(field, operator, value).map(filter -> isNegative ? new Filter.Not(filter) : filter)
                    .map(filters::add).orElse(false);
        }

        /** Absent if the value does not go with the declared type or the comparison. */
        private Optional<Filter> condition(String field, String operator, String value) {
            var type = Optional.ofNullable(collection.fields().get(field));
            var alternatives = new ArrayList<Filter>();
            if (NUMBER.matcher(value).matches() && type.orElse(FieldType.NUMBER) == FieldType.NUMBER) {
                alternatives.add(new Comparison(field, comparison(operator), json(new BigDecimal(value))));
            } else if (!operator.isEmpty()) {
                return Optional.empty();
            }
            if (operator.isEmpty() && type.orElse(FieldType.TEXT) == FieldType.TEXT) {
                alternatives.add(Filter.eq(field, value));
                // In a list of texts; Contains alone would also find it inside a text.
                alternatives.add(Filter.and(new Filter.Contains(field, value),
                        new Filter.Not(new Comparison(field, Operator.GTE, json("")))));
            }
            if (operator.isEmpty() && (value.equals("true") || value.equals("false"))
                    && type.orElse(FieldType.BOOLEAN) == FieldType.BOOLEAN) {
                alternatives.add(new Comparison(field, Operator.EQ, json(Boolean.valueOf(value))));
            }
            return alternatives.isEmpty()
                    ? Optional.empty()
                    : Optional.of(alternatives.size() == 1 ? alternatives.getFirst() : new Filter.Or(alternatives));
        }

        private static Operator comparison(String operator) {
            return switch (operator) {
                case ">" -> Operator.GT;
                case ">=" -> Operator.GTE;
                case "<" -> Operator.LT;
                case "<=" -> Operator.LTE;
                default -> Operator.EQ;
            };
        }

        private static JsonNode json(Object value) {
            return JsonMapper.shared().valueToTree(value);
        }

        private void add(String text) {
            words.append(words.isEmpty() ? "" : " ").append(text);
        }
    }
}
