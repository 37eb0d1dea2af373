package dev.howdah.workflow.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExpressionsTest {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final Scope SCOPE = Scope.of(
            json("{\"country\": \"DE\", \"count\": 3, \"price\": 1.5, \"big\": 9007199254740993, \"none\": null, "
                    + "\"tags\": [\"a\", \"b\"]}"),
            Map.of("check", json("{\"score\": 0.9, \"pages\": [{\"n\": 1}, {\"n\": 2}]}"), "a-b", json("7")));

    private final Expressions expressions = Expressions.shared();

    private static JsonNode json(String text) {
        return MAPPER.readTree(text);
    }

    private JsonNode value(String expression) {
        return expressions.value(expression, SCOPE);
    }

    private JsonNode template(String text) {
        return expressions.evaluate(json(text), SCOPE);
    }

    @Test
    void decidesOverInputAndOutputs() {
        assertThat(expressions.condition("outputs.check.score >= 0.8 && input.country == 'DE'", SCOPE)).isTrue();
        assertThat(expressions.condition("${context.count > 3}", SCOPE)).isFalse();
        assertThat(expressions.condition("global_context.tags.exists(t, t == 'b')", SCOPE)).isTrue();
        assertThat(expressions.condition("outputs['a-b'] == 7", SCOPE)).isTrue();
        assertThat(expressions.condition("has(outputs.skipped) || 'skipped' in outputs", SCOPE)).isFalse();
        assertThat(expressions.condition("input.none == null", SCOPE)).isTrue();
        assertThat(expressions.condition("outputs.check.score < 1", SCOPE)).isTrue();
        assertThat(expressions.condition("input.country.startsWith('D') && input.country.matches('^[A-Z]+$')", SCOPE))
                .isTrue();
    }

    @Test
    void keepsIntegersIntegersAndEveryOtherTypeOfJson() {
        assertThat(value("input.count + 1")).isEqualTo(json("4"));
        assertThat(value("input.big")).isEqualTo(json("9007199254740993"));
        assertThat(value("input.big + 1")).isEqualTo(json("9007199254740994"));
        assertThat(value("input.price * 2.0")).isEqualTo(json("3.0"));
        assertThat(value("input.tags")).isEqualTo(json("[\"a\", \"b\"]"));
        assertThat(value("input")).isSameAs(SCOPE.input());
        assertThat(value("outputs.check.pages.map(p, p.n * 10)")).isEqualTo(json("[10, 20]"));
        assertThat(value("outputs.check.pages.filter(p, p.n > 1)")).isEqualTo(json("[{\"n\": 2}]"));
        assertThat(value("{'a': input.tags, 'b': {'c': null}}"))
                .isEqualTo(json("{\"a\": [\"a\", \"b\"], \"b\": {\"c\": null}}"));
        assertThat(value("size(input.tags)")).isEqualTo(json("2"));
        assertThat(value("timestamp('2030-01-31T18:00:00Z')")).isEqualTo(json("\"2030-01-31T18:00:00Z\""));
        assertThat(value("duration('90s')")).isEqualTo(json("\"90s\""));
        assertThat(value("b'ab'")).isEqualTo(json("\"YWI=\""));
        assertThat(value("outputs")).isEqualTo(MAPPER.valueToTree(SCOPE.outputs()));
        assertThat(value("input == {'x': 1}")).isEqualTo(json("false"));
        assertThat(value("input.tags == ['a', 'b'] && input.tags + ['c'] == ['a', 'b', 'c']")).isEqualTo(json("true"));
    }

    @Test
    void fillsTemplates() {
        assertThat(template("\"${input.count}\"")).isEqualTo(json("3"));
        assertThat(template("\"n=${input.count}, p=${input.price}, t=${input.tags}, c=${input.country}\""))
                .isEqualTo(json("\"n=3, p=1.5, t=[\\\"a\\\",\\\"b\\\"], c=DE\""));
        assertThat(template("{\"a\": [\"${outputs.check.pages[0]}\", 5, null, true], \"b\": \"plain\"}"))
                .isEqualTo(json("{\"a\": [{\"n\": 1}, 5, null, true], \"b\": \"plain\"}"));
        assertThat(template("\"$${input.count} costs $5\"")).isEqualTo(json("\"${input.count} costs $5\""));
        assertThat(template("\"${ {'}': '{'}['}'] }\"")).isEqualTo(json("\"{\""));
    }

    @Test
    void givesItemAndIndexWithinAMapOnly() {
        var scope = SCOPE.withItem(json("{\"n\": 4}"), 2);
        assertThat(expressions.value("item.n * 10 + index", scope)).isEqualTo(json("42"));
        assertThatThrownBy(() -> value("item.n")).isInstanceOf(ExpressionException.class).hasMessageContaining("item");
    }

    @Test
    void namesTheExpressionAndTheCauseWhenItFails() {
        assertThatThrownBy(() -> value("outputs.nope.score")).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("outputs.nope.score").hasMessageContaining("'nope'");
        assertThatThrownBy(() -> value("1 / 0")).isInstanceOf(ExpressionException.class).hasMessageContaining("1 / 0");
        assertThatThrownBy(() -> value("1.0 / 0.0")).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("Infinity");
        assertThatThrownBy(() -> value("input.")).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("does not compile");
        assertThatThrownBy(() -> value(" ")).isInstanceOf(ExpressionException.class).hasMessageContaining("is empty");
        assertThatThrownBy(() -> value("len(input.tags) > 1")).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("size(x)");
        assertThatThrownBy(() -> expressions.condition("input.count", SCOPE)).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("neither true nor false");
        assertThatThrownBy(() -> template("\"${input.count\"")).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("not closed");
        assertThatThrownBy(() -> value("9223372036854775807 + 1")).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("overflow");
    }

    @Test
    void tellsWhichOutputsAreLookedAt() {
        assertThat(expressions.references("outputs.a.x > 1 && outputs['b-c'].y.z == input.outputs.d"))
                .isEqualTo(new References(Set.of("a", "b-c"), false));
        assertThat(expressions.references("has(outputs.a) || 'b' in outputs"))
                .isEqualTo(new References(Set.of("a", "b"), false));
        assertThat(expressions.references("[1].all(i, outputs.c[i] > 0)"))
                .isEqualTo(new References(Set.of("c"), false));
        assertThat(expressions.references("size(outputs) > 1").all()).isTrue();
        assertThat(expressions.references("outputs[input.country] == 1").all()).isTrue();
        assertThat(expressions.references("input.x == 1")).isEqualTo(new References(Set.of(), false));
        assertThat(expressions.references(json("{\"a\": [\"x ${outputs.p.q} ${outputs.r}\"], \"b\": \"outputs.no\"}")))
                .isEqualTo(new References(Set.of("p", "r"), false));
    }

    @Test
    void looksAtExpressionsOfTheSameShapeOnce() {
        for (var text : Set.of("outputs.a.x > 1 && outputs.b.y < 22", "outputs.c[7].z == outputs.c[8].z",
                "input.outputs.d == 3", "size(outputs) > 4", "outputs[input.name] == 5.5", "'outputs.e' == input.f",
                "1e5 > 0x1F", "[1, 2].map(i, outputs.g[i])", "outputs.in_1 == 1u")) {
            assertThat(expressions.inspect(text).references()).as(text).isEqualTo(expressions.references(text));
        }
        assertThat(expressions.inspect("outputs.a == 1").mayBeCondition()).isTrue();
        assertThat(expressions.inspect("12 + 30").mayBeCondition()).isFalse();
        assertThatThrownBy(() -> expressions.inspect("outputs.abc >")).hasMessageContaining("outputs.abc >");
    }

    @Test
    void refusesWhatTakesTooLong() {
        var loop = "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, "
                + "[1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, true))))))";
        assertThatThrownBy(() -> value(loop)).isInstanceOf(ExpressionException.class);
        var text = Scope.of(json("{\"t\": \"" + "x".repeat(1_000_000) + "\"}"), Map.of());
        var sum = "input.t" + " + input.t".repeat(30);
        assertThatThrownBy(() -> expressions.value(sum, text)).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("characters");
        assertThatThrownBy(() -> value("'" + "x".repeat(Expressions.EXPRESSION_MAX) + "' == ''"))
                .isInstanceOf(ExpressionException.class).hasMessageContaining("use at most 4000");
        assertThatThrownBy(() -> value("(".repeat(1_000) + "1" + ")".repeat(1_000)))
                .isInstanceOf(ExpressionException.class);
        assertThat(expressions.condition("'" + "x".repeat(Expressions.EXPRESSION_MAX - 8) + "' != ''", SCOPE)).isTrue();
    }

    @Test
    void stopsWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> value("input.count > 1")).isInstanceOf(ExpressionException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }
}
