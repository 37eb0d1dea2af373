package dev.howdah.documents.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.value.Values.Format;
import dev.howdah.postgres.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ValuesTest {
    /** Given, stored, side tag, canonical again. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "5                                     | 5                    |                | {\"$numberInt\":\"5\"}",
            "{\"$numberInt\":\"-7\"}               | -7                   |                | {\"$numberInt\":\"-7\"}",
            "{\"$numberLong\":\"5\"}               | 5                    | long           | {\"$numberLong\":\"5\"}",
            "5000000000                            | 5000000000           |                | {\"$numberLong\":\"5000000000\"}",
            "{\"$numberLong\":\"-9223372036854775808\"} | -9223372036854775808 |           | {\"$numberLong\":\"-9223372036854775808\"}",
            "5.0                                   | 5.0                  |                | {\"$numberDouble\":\"5.0\"}",
            "{\"$numberDouble\":\"5\"}             | 5.0                  |                | {\"$numberDouble\":\"5.0\"}",
            "1e10                                  | 10000000000.0        |                | {\"$numberDouble\":\"1.0E10\"}",
            "1e30                                  | 1000000000000000000000000000000 |     | {\"$numberDouble\":\"1.0E30\"}",
            "0.1                                   | 0.1                  |                | {\"$numberDouble\":\"0.1\"}",
            "{\"$numberDouble\":\"-0.0\"}          | 0.0                  | double:-0.0    | {\"$numberDouble\":\"-0.0\"}",
            "{\"$numberDouble\":\"NaN\"}           | {\"$numberDouble\":\"NaN\"} |         | {\"$numberDouble\":\"NaN\"}",
            "{\"$numberDecimal\":\"1.10\"}         | 1.10                 | decimal        | {\"$numberDecimal\":\"1.10\"}",
            "{\"$numberDecimal\":\"1E+3\"}         | 1000                 | decimal:1E+3   | {\"$numberDecimal\":\"1E+3\"}",
            "{\"$numberDecimal\":\"-0\"}           | 0                    | decimal:-0     | {\"$numberDecimal\":\"-0\"}",
            "{\"$numberDecimal\":\"Infinity\"}     | {\"$numberDouble\":\"Infinity\"} | decimal | {\"$numberDecimal\":\"Infinity\"}",
            "123456789012345678901                 | 123456789012345678901 | decimal       | {\"$numberDecimal\":\"123456789012345678901\"}",
            "{\"$date\":\"2020-01-01T01:00:00+01:00\"} | {\"$date\":\"2020-01-01T00:00:00.000Z\"} | | {\"$date\":{\"$numberLong\":\"1577836800000\"}}",
            "{\"$date\":{\"$numberLong\":\"1\"}}   | {\"$date\":\"1970-01-01T00:00:00.001Z\"} | | {\"$date\":{\"$numberLong\":\"1\"}}",
            "{\"$date\":{\"$numberLong\":\"999999999999999\"}} | {\"$date\":{\"$numberLong\":\"999999999999999\"}} | | {\"$date\":{\"$numberLong\":\"999999999999999\"}}",
            "{\"$oid\":\"507F1F77BCF86CD799439011\"} | {\"$oid\":\"507f1f77bcf86cd799439011\"} | | {\"$oid\":\"507f1f77bcf86cd799439011\"}",
            "{\"$uuid\":\"00000000-0000-0000-0000-000000000001\"} | {\"$binary\":{\"base64\":\"AAAAAAAAAAAAAAAAAAAAAQ==\",\"subType\":\"04\"}} | | {\"$binary\":{\"base64\":\"AAAAAAAAAAAAAAAAAAAAAQ==\",\"subType\":\"04\"}}",
            "{\"$timestamp\":{\"t\":4294967295,\"i\":0}} | {\"$timestamp\":{\"t\":4294967295,\"i\":0}} | | {\"$timestamp\":{\"t\":4294967295,\"i\":0}}",
            "{\"$regularExpression\":{\"pattern\":\"a\",\"options\":\"mi\"}} | {\"$regularExpression\":{\"pattern\":\"a\",\"options\":\"im\"}} | | {\"$regularExpression\":{\"pattern\":\"a\",\"options\":\"im\"}}",
            "{\"$code\":\"f\",\"$scope\":{\"x\":1}} | {\"$code\":\"f\",\"$scope\":{\"x\":1}} | | {\"$code\":\"f\",\"$scope\":{\"x\":{\"$numberInt\":\"1\"}}}",
            "{\"$ref\":\"c\",\"$id\":1}            | {\"$ref\":\"c\",\"$id\":1} |          | {\"$ref\":\"c\",\"$id\":{\"$numberInt\":\"1\"}}"})
    void keepsEveryTypeWithoutLoss(String given, String stored, @org.jspecify.annotations.Nullable String tag,
            String canonical) {
        var document = Values.normalise(wrapped(given), DocumentLimits.DEFAULT);
        assertThat(Values.write(document.data())).isEqualTo("{\"v\":" + stored + "}");
        assertThat(document.typesByPointer()).isEqualTo(tag == null ? java.util.Map.of() : java.util.Map.of("/v", tag));
        var back = Values.denormalise(document, Format.CANONICAL);
        assertThat(Values.write(back)).isEqualTo("{\"v\":" + canonical + "}");
        assertThat(Values.normalise(back, DocumentLimits.DEFAULT)).isEqualTo(document);
    }

    @Test
    void writesRelaxedNumbersAndDates() {
        var given = "{\"a\":{\"$numberLong\":\"5\"},\"b\":5.0,\"c\":{\"$date\":{\"$numberLong\":\"0\"}},\"d\":{\"$numberDecimal\":\"1.0\"}}";
        assertThat(Values.write(Values.denormalise(Values.normalise(Values.parseObject(given), DocumentLimits.DEFAULT),
                Format.RELAXED)))
                .isEqualTo(
                        "{\"a\":5,\"b\":5.0,\"c\":{\"$date\":\"1970-01-01T00:00:00.000Z\"},\"d\":{\"$numberDecimal\":\"1.0\"}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"$oid\":\"x\"}", "{\"$oid\":5}", "{\"$date\":\"yesterday\"}", "{\"$date\":true}",
            "{\"$x\":1}",
            "{\"$numberInt\":\"2147483648\"}", "{\"$numberInt\":5}", "{\"$numberLong\":\"9223372036854775808\"}",
            "{\"$numberDouble\":\"x\"}", "{\"$numberDouble\":\"1e999\"}", "{\"$numberDecimal\":\"1e7000\"}",
            "{\"$numberDecimal\":\"12345678901234567890123456789012345\"}", "1e7000",
            "12345678901234567890123456789012345",
            "{\"$binary\":{\"base64\":\"?\",\"subType\":\"00\"}}", "{\"$binary\":{\"base64\":\"\",\"subType\":\"xx\"}}",
            "{\"$uuid\":\"1-1-1-1-1\"}", "{\"$timestamp\":{\"t\":-1,\"i\":0}}", "{\"$minKey\":2}",
            "{\"$undefined\":false}",
            "{\"$oid\":\"507f1f77bcf86cd799439011\",\"x\":1}", "{\"a\":1,\"$b\":2}", "\"a\\u0000b\"",
            "{\"a\\u0000\":1}",
            "\"\\ud83d\"", "{\"$regularExpression\":{\"pattern\":\"a\\u0000\",\"options\":\"\"}}",
            "{\"$code\":\"a\\u0000\"}"})
    void refusesWhatIsNotAValueAndNamesWhere(String wrong) {
        assertThatThrownBy(() -> Values.normalise(wrapped(wrong), DocumentLimits.DEFAULT))
                .isInstanceOfSatisfying(InvalidInputException.class, e -> {
                    assertThat(e.code()).isEqualTo("document-invalid");
                    assertThat(e.faults()).allSatisfy(fault -> assertThat(fault.field()).startsWith("/v"));
                });
    }

    @Test
    void limitsDepthAndSize() {
        var limits = new DocumentLimits(3, 30);
        Values.normalise(Values.parseObject("{\"a\":{\"b\":[1]}}"), limits);
        assertThatThrownBy(() -> Values.normalise(Values.parseObject("{\"a\":{\"b\":[[1]]}}"), limits))
                .hasMessageContaining("/a/b/0")
                .hasMessageContaining("3 levels");
        Values.normalise(Values.parseObject("{\"a\":\"" + "x".repeat(22) + "\"}"), limits);
        assertThatThrownBy(() -> Values.normalise(Values.parseObject("{\"a\":\"" + "x".repeat(23) + "\"}"), limits))
                .hasMessageContaining("31 bytes");
        var large = JsonNodeFactory.instance.objectNode().put("a", "x".repeat(20_000_000));
        assertThatThrownBy(() -> Values.normalise(large, DocumentLimits.DEFAULT))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("20000008 bytes");
        assertThatThrownBy(() -> Values.parse("[".repeat(10_000))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Values.parse("")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Values.parse("{\"a\":1,\"a\":2}")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void idsAreTheSameForEqualValues() {
        for (var pair : new String[][]{{"\"x\"", "x"}, {"\"$x\"", "$$x"}, {"42", "$number:42"}, {"42.0", "$number:42"},
                {"{\"$oid\":\"507f1f77bcf86cd799439011\"}", "$oid:507f1f77bcf86cd799439011"},
                {"{\"b\":1.0,\"a\":2}", "$json:{\"a\":2,\"b\":1}"},
                {"true", "$json:true"}, {"null", "$json:null"}, {"\"\"", ""}}) {
            var value = Values.parse(pair[0]);
            assertThat(DocumentIds.toId(value)).isEqualTo(pair[1]);
            assertThat(ValueOrder.INSTANCE.compare(DocumentIds.toValue(pair[1]), value)).isZero();
        }
        assertThatThrownBy(() -> DocumentIds.toId(Values.parse("[1]"))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> DocumentIds.toId(JsonNodeFactory.instance.stringNode("x".repeat(1025))))
                .hasMessageContaining("1025 bytes");
    }

    @Test
    void comparesTextsByCodePointsAndNumbersExactly() {
        assertThat(ValueOrder.INSTANCE.compare(Values.parse("\"\\uFFFD\""), Values.parse("\"\\uD83D\\uDE00\"")))
                .isNegative();
        assertThat(ValueOrder.INSTANCE.compare(Values.parse("9007199254740993"), Values.parse("9007199254740992.0")))
                .isPositive();
        assertThat(ValueOrder.INSTANCE.compare(Values.parse("{\"a\":1,\"b\":2}"), Values.parse("{\"b\":2,\"a\":1.0}")))
                .isZero();
        assertThat(ValueOrder.key(Values.parse("{\"b\":1e3,\"a\":[1.0]}"))).isEqualTo("{\"a\":[1],\"b\":1000}");
    }

    private static ObjectNode wrapped(String value) {
        return Values.parseObject("{\"v\":" + value + "}");
    }
}
