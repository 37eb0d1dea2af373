package dev.howdah.workflow.definition;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ContractsTest {
    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static final JsonNode ORDER = json("""
        {"type": "object", "required": ["total", "lines"], "properties": {"total": {"type": "number", "minimum": 0},
         "lines": {"type": "array", "items": {"type": "string"}}}}""");

    @Test
    void saysWhatDoesNotFit() {
        assertThat(Contracts.violations(ORDER, json("{\"total\": 1, \"lines\": [\"a\"]}"))).isEmpty();
        assertThat(Contracts.violations(ORDER, json("{\"total\": -1, \"lines\": [\"a\", 5]}"))).hasSize(2)
                .anySatisfy(text -> assertThat(text).startsWith("/total "))
                .anySatisfy(text -> assertThat(text).startsWith("/lines/1 "));
        assertThat(Contracts.violations(ORDER, json("{\"total\": 1}"))).containsExactly("/lines is missing");
        assertThat(Contracts.violations(ORDER, json("7"))).singleElement().asString().startsWith("the value ");
    }

    @Test
    void countsWhatItDoesNotList() {
        var lines = "5,".repeat(99) + "5";
        assertThat(Contracts.violations(ORDER, json("{\"total\": 1, \"lines\": [" + lines + "]}"))).hasSize(21).last()
                .isEqualTo("and 80 more");
    }

    @Test
    void findsFaultsOfTheSchemaItself() {
        assertThat(Contracts.schemaProblems(ORDER)).isEmpty();
        assertThat(Contracts.schemaProblems(json("{\"type\": 5}"))).isNotEmpty();
        assertThat(Contracts.schemaProblems(json("{\"properties\": {\"a\": {\"minimum\": \"x\"}}}"))).isNotEmpty();
    }

    @Test
    void fetchesNothingFromElsewhere() {
        assertThat(Contracts.schemaProblems(json("{\"$ref\": \"http://127.0.0.1:9/schema.json\"}"))).isNotEmpty();
    }
}
