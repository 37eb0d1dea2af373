package dev.howdah.postgres;

import dev.howdah.postgres.SqlTokens.Kind;
import dev.howdah.postgres.SqlTokens.Token;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds what a statement does and to which table, without parsing all of it: it follows brackets, common table expressions and
 * what stands behind FROM and JOIN. A FROM within a function's brackets, as in {@code extract(epoch FROM x)}, is none.
 */
final class StatementReader {
    private static final Set<String> VERBS = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE");
    private static final Set<String> ENDS_FROM = Set.of("WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT",
            "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", ";");
    private static final int DEPTH_MAX = 50;

    private final List<Token> tokens;
    private final int depth;
    private final Map<String, Range> expressions;

    /** Tokens from one on, up to another one. */
    private record Range(int begin, int end) {}

    private StatementReader(List<Token> tokens, int depth, Map<String, Range> expressions) {
        this.tokens = tokens;
        this.depth = depth;
        this.expressions = expressions;
    }

    static Statement read(List<Token> tokens) {
        return new StatementReader(tokens, 0, Map.of()).statement(new Range(0, tokens.size()));
    }

    /** The tables behind all verbs that write, wherever they stand. */
    static List<String> written(List<Token> tokens) {
        var reader = new StatementReader(tokens, 0, Map.of());
        var written = new ArrayList<String>();
        for (int at = 0; at < tokens.size(); at++) {
            int name = reader.writes(at);
            if (name > 0) {
                reader.named(name, tokens.size()).ifPresent(written::add);
            }
        }
        return List.copyOf(written);
    }

    /** Where the table stands that is written to by the verb that begins here; 0 if none does. */
    private int writes(int at) {
        boolean isInto = (is(at, "INSERT") || is(at, "MERGE")) && is(at + 1, "INTO");
        boolean isFrom = is(at, "DELETE") && is(at + 1, "FROM");
        if (isInto || isFrom) {
            return at + 2;
        }
        if (is(at, "TRUNCATE")) {
            return is(at + 1, "TABLE") ? at + 2 : at + 1;
        }
        boolean isLock = is(at - 1, "FOR") || is(at - 1, "KEY");
        boolean isOfInsertOrMerge = is(at - 1, "DO") || is(at - 1, "THEN");
        if (is(at, "UPDATE") && !isLock && !isOfInsertOrMerge) {
            return at + 1;
        }
        return at == 0 && is(at, "COPY") && copy(new Range(0, tokens.size())).type() == StatementType.INSERT ? 1 : 0;
    }

    private Statement statement(Range range) {
        int at = range.begin;
        if (at >= range.end || depth > DEPTH_MAX) {
            return new Statement(StatementType.OTHER, Optional.empty());
        }
        if (is(at, "(")) {
            return within(new Range(at + 1, close(at, range.end)), expressions);
        }
        if (!is(at, "WITH")) {
            return verb(range);
        }
        var known = new HashMap<>(expressions);
        int verb = expressions(range, known);
        var main = within(new Range(verb, range.end), known);
        return main.table().isPresent() || main.type() == StatementType.OTHER
                ? main
                : new Statement(main.type(), firstWithin(range, known));
    }

    /** Notes the common table expressions; where the verb behind them stands. */
    private int expressions(Range range, Map<String, Range> known) {
        int at = range.begin + 1;
        at += is(at, "RECURSIVE") ? 1 : 0;
        while (at < range.end && !isVerb(at)) {
            int name = at;
            while (at < range.end && !is(at, "AS") && !isVerb(at)) {
                at = after(at, range.end); // past the columns
            }
            while (at < range.end && !is(at, "(") && !isVerb(at)) {
                at++; // AS, MATERIALIZED
            }
            if (at >= range.end || isVerb(at)) {
                break;
            }
            known.put(key(tokens.get(name)), new Range(at + 1, close(at, range.end)));
            at = after(at, range.end);
            while (at < range.end && !is(at, ",") && !isVerb(at)) {
                at = after(at, range.end); // SEARCH, CYCLE
            }
            at += is(at, ",") ? 1 : 0;
        }
        return at;
    }

    private Statement verb(Range range) {
        int at = range.begin;
        return switch (tokens.get(at).upper()) {
            case "SELECT" -> new Statement(StatementType.SELECT, read(range));
            case "TABLE" -> new Statement(StatementType.SELECT, resolve(at + 1, range.end));
            case "VALUES", "SHOW" -> new Statement(StatementType.SELECT, Optional.empty());
            case "INSERT", "MERGE" -> new Statement(is(at, "MERGE") ? StatementType.UPDATE : StatementType.INSERT,
                    named(find("INTO", range) + 1, range.end));
            case "UPDATE" -> new Statement(StatementType.UPDATE, named(at + 1, range.end));
            case "DELETE" -> new Statement(StatementType.DELETE, named(find("FROM", range) + 1, range.end));
            case "TRUNCATE" -> new Statement(StatementType.DELETE,
                    named(is(at + 1, "TABLE") ? at + 2 : at + 1, range.end));
            case "COPY" -> copy(range);
            default -> new Statement(StatementType.OTHER, Optional.empty());
        };
    }

    private Statement copy(Range range) {
        int at = range.begin + 1;
        boolean reads = find("TO", range) < range.end;
        var table = is(at, "(")
                ? within(new Range(at + 1, close(at, range.end)), expressions).table()
                : named(at, range.end);
        return new Statement(reads ? StatementType.SELECT : StatementType.INSERT, table);
    }

    /** The first table of the FROM; else what a common table expression or sub-query reads. */
    private Optional<String> read(Range range) {
        boolean isWithin = false;
        for (int at = range.begin; at < range.end; at = after(at, range.end)) {
            boolean begins = isFrom(at);
            isWithin = begins || (isWithin && !endsFrom(at));
            if (isWithin && (begins || is(at, "JOIN") || is(at, ","))) {
                int item = item(at + 1);
                if (isTable(item, range.end) && !expressions.containsKey(key(tokens.get(item)))) {
                    return named(item, range.end);
                }
            }
        }
        return readIndirectly(range);
    }

    private Optional<String> readIndirectly(Range range) {
        for (int at = range.begin; at < range.end; at = after(at, range.end)) {
            var found = Optional.<String>empty();
            if (is(at, "(")) {
                found = bracket(new Range(at + 1, close(at, range.end)));
            } else if (isFrom(at) || is(at, "JOIN")) {
                int item = item(at + 1);
                found = isTable(item, range.end) ? resolve(item, range.end) : found;
            }
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** A sub-query, joined tables, or anything else with a sub-query in it. */
    private Optional<String> bracket(Range inner) {
        if (inner.begin >= inner.end || depth > DEPTH_MAX) {
            return Optional.empty();
        }
        if (isVerb(inner.begin) || is(inner.begin, "WITH")) {
            return within(inner, expressions).table();
        }
        if (is(inner.begin - 2, "FROM") || is(inner.begin - 2, "JOIN")) {
            var joined = resolve(item(inner.begin), inner.end);
            if (joined.isPresent()) {
                return joined;
            }
        }
        return new StatementReader(tokens, depth + 1, expressions).readBrackets(inner);
    }

    private Optional<String> readBrackets(Range range) {
        for (int at = range.begin; at < range.end; at = after(at, range.end)) {
            if (is(at, "(")) {
                var found = bracket(new Range(at + 1, close(at, range.end)));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** Of a statement that names no table itself: what its common table expressions work on. */
    private Optional<String> firstWithin(Range range, Map<String, Range> known) {
        return known.values().stream().filter(inner -> inner.begin > range.begin)
                .sorted(Comparator.comparingInt(Range::begin))
                .flatMap(inner -> within(inner, expressions).table().stream()).findFirst();
    }

    /** The name at a place: of a table, or of an expression, which then stands for what it works on. */
    private Optional<String> resolve(int at, int end) {
        if (!isTable(at, end)) {
            return Optional.empty();
        }
        var expression = expressions.get(key(tokens.get(at)));
        if (expression == null || is(at + 1, ".")) {
            return named(at, end);
        }
        var others = new HashMap<>(expressions);
        others.remove(key(tokens.get(at))); // it may be recursive
        return within(expression, others).table();
    }

    private Statement within(Range range, Map<String, Range> known) {
        return new StatementReader(tokens, depth + 1, known).statement(range);
    }

    /** A name with its schema. */
    private Optional<String> named(int place, int end) {
        int at = item(place);
        if (at >= end || !tokens.get(at).isName()) {
            return Optional.empty();
        }
        var name = new StringBuilder(tokens.get(at).text());
        while (at + 2 < end && is(at + 1, ".") && tokens.get(at + 2).isName()) {
            at += 2;
            name.append('.').append(tokens.get(at).text());
        }
        return Optional.of(name.toString());
    }

    /** Past what may stand before a name. */
    private int item(int place) {
        int at = place;
        while (is(at, "ONLY") || is(at, "LATERAL")) {
            at++;
        }
        return at;
    }

    /** Whether a name stands there that is not a function's. */
    private boolean isTable(int at, int end) {
        if (at >= end || !tokens.get(at).isName() || is(at, "ROWS") || isVerb(at)) {
            return false;
        }
        int last = at;
        while (last + 2 < end && is(last + 1, ".") && tokens.get(last + 2).isName()) {
            last += 2;
        }
        return last + 1 >= end || !is(last + 1, "(");
    }

    private boolean isFrom(int at) {
        return is(at, "FROM") && !(is(at - 1, "DISTINCT") && (is(at - 2, "IS") || is(at - 2, "NOT")))
                && !is(at - 1, "ROWS");
    }

    private boolean endsFrom(int at) {
        return tokens.get(at).kind() != Kind.NAME && ENDS_FROM.contains(tokens.get(at).upper());
    }

    private boolean is(int at, String word) {
        return at >= 0 && at < tokens.size() && tokens.get(at).is(word);
    }

    private boolean isVerb(int at) {
        return at < tokens.size() && tokens.get(at).kind() == Kind.WORD && VERBS.contains(tokens.get(at).upper());
    }

    private int find(String word, Range range) {
        int at = range.begin;
        while (at < range.end && !is(at, word)) {
            at = after(at, range.end);
        }
        return at;
    }

    /** The next token outside of a bracket that opens here. */
    private int after(int at, int end) {
        return is(at, "(") ? Math.min(end, close(at, end) + 1) : at + 1;
    }

    /** Where the bracket closes; the end if it never does. */
    private int close(int open, int end) {
        int brackets = 0;
        for (int at = open; at < end; at++) {
            brackets += is(at, "(") ? 1 : is(at, ")") ? -1 : 0;
            if (brackets == 0) {
                return at;
            }
        }
        return end;
    }

    /** Names without quotes are the same in any case. */
    private static String key(Token token) {
        return token.kind() == Kind.NAME ? token.text() : token.text().toLowerCase(Locale.ROOT);
    }
}
