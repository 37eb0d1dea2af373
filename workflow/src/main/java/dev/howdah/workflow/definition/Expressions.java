package dev.howdah.workflow.definition;

import dev.howdah.postgres.HowdahException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelKind;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Conditions and <code>${...}</code> in texts, written in the Common Expression Language: no loops, no side effects, nothing
 * outside {@link Scope}. Every evaluation is bounded in steps and in the text that it makes. Compiled expressions are kept.
 * Thread-safe.
 *
 * <pre>{@code
 * Expressions.shared().condition("outputs.review.score >= 0.8 && input.country == 'DE'", scope);
 * }</pre>
 */
public final class Expressions {
    /** Characters of one expression. */
    public static final int EXPRESSION_MAX = 4_000;

    /** Elements that all macros of one evaluation may look at. */
    static final int ITERATIONS_MAX = 100_000;

    /** Operations of one evaluation. */
    static final int STEPS_MAX = 1_000_000;

    /** Characters of all texts that the operations of one evaluation make. */
    static final long CHARACTERS_MAX = 16L * 1024 * 1024;

    private static final int PARSE_DEPTH_MAX = 100;
    private static final int REGEX_PROGRAM_MAX = 2_000;
    private static final int CACHE_MAX = 4_096;

    /** What people write who come from Python, the language of conditions in older workflow files. */
    private static final Map<String, String> OTHER_LANGUAGES = Map.of("len", "size(x)", "str", "string(x)", "float",
            "double(x)", "any", "list.exists(x, …)", "all", "list.all(x, …)", "True", "true", "False", "false", "None",
            "null", "global", "global_context");

    private static final Pattern HAS_QUOTES = Pattern.compile("[\"'`\\\\/]");
    private static final Pattern OUTPUT = Pattern
            .compile("(?<![\\w.])outputs\\.(?!(?:in|true|false|null)\\b)([A-Za-z_]\\w*)");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])\\d{1,18}(?![\\w.])");

    private static final Expressions SHARED = new Expressions();

    private final CelCompiler compiler;
    private final CelRuntime runtime;
    private final Map<String, Compiled> cache = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Compiled> eldest) {
            return size() > CACHE_MAX;
        }
    });

    private Expressions() {
        var options = CelOptions.current().maxExpressionCodePointSize(EXPRESSION_MAX)
                .maxParseRecursionDepth(PARSE_DEPTH_MAX).comprehensionMaxIterations(ITERATIONS_MAX)
                .maxRegexProgramSize(REGEX_PROGRAM_MAX).enableHeterogeneousNumericComparisons(true).build();
        var outputs = MapType.create(SimpleType.STRING, SimpleType.DYN);
        compiler = CelCompilerFactory.standardCelCompilerBuilder().setOptions(options)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS).addVar("input", SimpleType.DYN)
                .addVar("context", SimpleType.DYN).addVar("global_context", SimpleType.DYN).addVar("outputs", outputs)
                .addVar("item", SimpleType.DYN).addVar("index", SimpleType.INT)
                .addLibraries(CelExtensions.strings()).build();
        runtime = CelRuntimeFactory.plannerRuntimeBuilder().setOptions(options)
                .addLibraries(CelExtensions.strings()).build();
    }

    /** The one of this process. */
    public static Expressions shared() {
        return SHARED;
    }

    private record Compiled(CelRuntime.Program program, References references, boolean isBoolean) {}

    /**
     * Whether a condition holds.
     *
     * @param expression with or without <code>${}</code> around it
     * @throws ExpressionException if it does not compile, fails, or gives anything but true or false
     */
    public boolean condition(String expression, Scope scope) {
        var plain = plain(expression);
        if (run(plain, scope) instanceof Boolean holds) {
            return holds;
        }
        throw new ExpressionException(plain, "is neither true nor false", "compare something, for example x == 1",
                null);
    }

    /**
     * The value of an expression.
     *
     * @param expression with or without <code>${}</code> around it
     * @throws ExpressionException if it does not compile or fails
     */
    public JsonNode value(String expression, Scope scope) {
        var plain = plain(expression);
        return CelJson.toJson(plain, run(plain, scope));
    }

    /**
     * A copy of a template in which <code>${...}</code> in texts is replaced: a text that is one expression by its value, of any
     * type; others by the text with the values in it. <code>$${</code> is a plain <code>${</code>.
     *
     * @throws ExpressionException if an expression does not compile or fails
     */
    public JsonNode evaluate(JsonNode template, Scope scope) {
        return switch (template) {
            case ObjectNode object -> {
                var copy = JsonNodeFactory.instance.objectNode();
                object.properties().forEach(field -> copy.set(field.getKey(), evaluate(field.getValue(), scope)));
                yield copy;
            }
            case ArrayNode array -> {
                var copy = JsonNodeFactory.instance.arrayNode(array.size());
                array.forEach(element -> copy.add(evaluate(element, scope)));
                yield copy;
            }
            default -> template.isString() ? interpolate(template, scope) : template;
        };
    }

    private JsonNode interpolate(JsonNode text, Scope scope) {
        if (!text.asString().contains("${")) {
            return text;
        }
        var parts = TemplatePart.split(text.asString());
        if (parts.size() == 1 && parts.getFirst() instanceof TemplatePart.Expression expression) {
            return value(expression.text(), scope);
        }
        return JsonNodeFactory.instance.stringNode(parts.stream().map(part -> switch (part) {
            case TemplatePart.Literal literal -> literal.text();
            case TemplatePart.Expression expression -> {
                var value = value(expression.text(), scope);
                yield value.isString() ? value.asString() : value.toString();
            }
        }).collect(Collectors.joining()));
    }

    /**
     * The nodes whose outputs a condition looks at.
     *
     * @throws ExpressionException if it does not compile
     */
    public References references(String expression) {
        return compiled(plain(expression)).references();
    }

    /**
     * The nodes whose outputs the expressions of a template look at.
     *
     * @throws ExpressionException if one does not compile
     */
    public References references(JsonNode template) {
        var found = new References[]{References.NONE};
        eachExpression(template, "", (path, expression) -> found[0] = found[0].and(references(expression)));
        return found[0];
    }

    /** What is known of an expression before it runs. */
    record Inspected(References references, boolean mayBeCondition) {}

    /**
     * Looks at an expression without running it. Expressions that differ only in the nodes and whole numbers that they name are
     * compiled once: checking types takes CEL most of a millisecond, and a definition may have ten thousand of them.
     *
     * @throws ExpressionException if it does not compile
     */
    Inspected inspect(String expression) {
        var plain = plain(expression);
        if (HAS_QUOTES.matcher(plain).find()) {
            return inspected(compiled(plain));
        }
        var names = new HashSet<String>();
        var shape = NUMBER.matcher(OUTPUT.matcher(plain).replaceAll(match -> {
            names.add(match.group(1));
            return "outputs.x";
        })).replaceAll("0");
        try {
            var compiled = compiled(shape);
            return new Inspected(new References(names, compiled.references().all()), compiled.isBoolean());
        } catch (ExpressionException e) {
            return inspected(compiled(plain)); // fails as well, and tells the fault as it was written
        }
    }

    private static Inspected inspected(Compiled compiled) {
        return new Inspected(compiled.references(), compiled.isBoolean());
    }

    /** Something that looks at an expression and where it stands, such as {@code .body.name}. */
    @FunctionalInterface
    interface ExpressionVisitor {
        void visit(String path, String expression);
    }

    /** Visits each expression of a template. */
    static void eachExpression(JsonNode template, String path, ExpressionVisitor visitor) {
        switch (template) {
            case ObjectNode object -> object.properties()
                    .forEach(field -> eachExpression(field.getValue(), path + "." + field.getKey(), visitor));
            case ArrayNode array -> {
                for (int i = 0; i < array.size(); i++) {
                    eachExpression(array.get(i), path + "[" + i + "]", visitor);
                }
            }
            default -> {
                if (template.isString() && template.asString().contains("${")) {
                    expressions(template.asString()).forEach(text -> visitor.visit(path, text));
                }
            }
        }
    }

    private static List<String> expressions(String text) {
        return TemplatePart.split(text).stream().filter(TemplatePart.Expression.class::isInstance)
                .map(part -> ((TemplatePart.Expression) part).text()).toList();
    }

    /** An expression without the <code>${}</code> that people put around it out of habit. */
    static String plain(String expression) {
        var stripped = expression.strip();
        if (!stripped.startsWith("${")) {
            return stripped;
        }
        var parts = TemplatePart.split(stripped);
        return parts.size() == 1 && parts.getFirst() instanceof TemplatePart.Expression only ? only.text() : stripped;
    }

    private Object run(String expression, Scope scope) {
        var compiled = compiled(expression);
        var budget = new Budget();
        try {
            return compiled.program().trace(variables(scope), (expr, value) -> budget.spend(expr, value));
        } catch (CelEvaluationException | BudgetExceeded e) {
            throw new ExpressionException(expression, "failed: " + cause(e), "", e);
        }
    }

    private static String cause(Exception exception) {
        return switch (exception) {
            case BudgetExceeded budget -> String.valueOf(budget.getMessage());
            default -> {
                for (Throwable at = exception.getCause(); at != null; at = at.getCause()) {
                    if (at instanceof BudgetExceeded budget) {
                        yield String.valueOf(budget.getMessage());
                    }
                }
                yield String.valueOf(exception.getMessage()).replaceFirst("^evaluation error( at \\S+)?: ", "");
            }
        };
    }

    private static Map<String, Object> variables(Scope scope) {
        var variables = new HashMap<String, Object>();
        var input = CelJson.toCel(scope.input());
        variables.put("input", input);
        variables.put("context", input);
        variables.put("global_context", input);
        variables.put("outputs", new CelJson.Outputs(scope.outputs()));
        scope.item().ifPresent(item -> variables.put("item", CelJson.toCel(item)));
        scope.index().ifPresent(index -> variables.put("index", (long) index));
        return variables;
    }

    private Compiled compiled(String expression) {
        var known = cache.get(expression);
        if (known != null) {
            return known;
        }
        var compiled = compile(expression);
        cache.put(expression, compiled);
        return compiled;
    }

    private Compiled compile(String expression) {
        if (expression.length() > EXPRESSION_MAX) {
            throw new ExpressionException(expression, "has " + expression.length() + " characters",
                    "use at most " + EXPRESSION_MAX, null);
        }
        if (expression.isBlank()) {
            throw new ExpressionException("\"\"", "is empty", "write an expression, for example input.count > 3", null);
        }
        var result = compiler.compile(expression);
        if (result.hasError()) {
            var first = result.getErrors().getFirst();
            throw new ExpressionException(expression, "does not compile: " + problem(first), hint(first), null);
        }
        try {
            var tree = result.getAst();
            var kind = tree.getResultType().kind();
            return new Compiled(runtime.createProgram(tree), references(tree),
                    kind == CelKind.BOOL || kind == CelKind.DYN || kind == CelKind.ANY);
        } catch (CelValidationException | CelEvaluationException e) {
            throw new ExpressionException(expression, "does not compile: " + e.getMessage(), "", e);
        }
    }

    private static String problem(CelIssue issue) {
        return issue.getMessage() + " (column " + (issue.getSourceLocation().getColumn() + 1) + ")";
    }

    private static String hint(CelIssue issue) {
        if (!issue.getMessage().contains("undeclared reference")) {
            return "see the Common Expression Language";
        }
        for (var word : OTHER_LANGUAGES.entrySet()) {
            if (issue.getMessage().contains("'" + word.getKey() + "'")) {
                return "write " + word.getValue();
            }
        }
        return "use input, outputs, and within a map item and index";
    }

    private static References references(CelAbstractSyntaxTree tree) {
        var nodes = new HashSet<String>();
        boolean all = false;
        var open = new ArrayDeque<CelExpr>();
        open.push(tree.getExpr());
        while (!open.isEmpty()) {
            var at = open.pop();
            var named = named(at, nodes);
            if (!named) {
                all |= at.getKind() == CelExpr.ExprKind.Kind.IDENT && at.ident().name().equals("outputs");
                parts(at, open::push);
            }
        }
        return new References(nodes, all);
    }

    /** Whether it is {@code outputs.x}, {@code outputs["x"]} or {@code "x" in outputs}; notes the x. */
    private static boolean named(CelExpr expr, Set<String> nodes) {
        if (expr.getKind() == CelExpr.ExprKind.Kind.SELECT && isOutputs(expr.select().operand())) {
            nodes.add(expr.select().field());
            return true;
        }
        if (expr.getKind() != CelExpr.ExprKind.Kind.CALL || expr.call().args().size() != 2) {
            return false;
        }
        var args = expr.call().args();
        return switch (expr.call().function()) {
            case "_[_]" -> isOutputs(args.get(0)) && name(args.get(1), nodes);
            case "@in" -> isOutputs(args.get(1)) && name(args.get(0), nodes);
            default -> false;
        };
    }

    private static boolean isOutputs(CelExpr expr) {
        return expr.getKind() == CelExpr.ExprKind.Kind.IDENT && expr.ident().name().equals("outputs");
    }

    private static boolean name(CelExpr expr, Set<String> nodes) {
        if (expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && expr.constant().getKind() == dev.cel.common.ast.CelConstant.Kind.STRING_VALUE) {
            nodes.add(expr.constant().stringValue());
            return true;
        }
        return false;
    }

    private static void parts(CelExpr expr, Consumer<CelExpr> into) {
        switch (expr.getKind()) {
            case SELECT -> into.accept(expr.select().operand());
            case CALL -> {
                expr.call().target().ifPresent(into);
                expr.call().args().forEach(into);
            }
            case LIST -> expr.list().elements().forEach(into);
            case STRUCT -> expr.struct().entries().forEach(entry -> into.accept(entry.value()));
            case MAP -> expr.map().entries().forEach(entry -> {
                into.accept(entry.key());
                into.accept(entry.value());
            });
            case COMPREHENSION -> {
                var loop = expr.comprehension();
                into.accept(loop.iterRange());
                into.accept(loop.accuInit());
                into.accept(loop.loopCondition());
                into.accept(loop.loopStep());
                into.accept(loop.result());
            }
            case CONSTANT, IDENT, NOT_SET -> {
            }
        }
    }

    /** What one evaluation may still do. Also ends one whose thread was interrupted. */
    private static final class Budget {
        private int steps;
        private long characters;

        void spend(CelExpr expr, Object value) {
            if (++steps > STEPS_MAX) {
                throw new BudgetExceeded("it takes more than " + STEPS_MAX + " steps");
            }
            if (value instanceof String text && expr.getKind() == CelExpr.ExprKind.Kind.CALL) {
                characters += text.length();
                if (characters > CHARACTERS_MAX) {
                    throw new BudgetExceeded("it makes texts of more than " + CHARACTERS_MAX + " characters");
                }
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new BudgetExceeded("it was interrupted");
            }
        }
    }

    private static final class BudgetExceeded extends HowdahException {
        private static final long serialVersionUID = 1;

        BudgetExceeded(String message) {
            super("expression-too-expensive", message, "do less in it, or do it in a task", null);
        }
    }
}
