package dev.howdah.documents.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.value.Values;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class JsonPatchTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{} | [] | {}",
            "{} | [{'op': 'add', 'path': '/a', 'value': null}] | {'a': null}",
            "{'a': 1} | [{'op': 'add', 'path': '', 'value': [1]}] | [1]",
            "[] | [{'op': 'add', 'path': '/0', 'value': 1}, {'op': 'add', 'path': '/-', 'value': 2}] | [1, 2]",
            "[1, 3] | [{'op': 'add', 'path': '/1', 'value': 2}] | [1, 2, 3]",
            "{'0': 1} | [{'op': 'add', 'path': '/-', 'value': 2}] | {'0': 1, '-': 2}",
            "{'': 1} | [{'op': 'replace', 'path': '/', 'value': 2}] | {'': 2}",
            "{'a/b': 1, 'm~n': 2} | [{'op': 'remove', 'path': '/a~1b'}, {'op': 'remove', 'path': '/m~0n'}] | {}",
            "{'~1': 1} | [{'op': 'test', 'path': '/~01', 'value': 1}] | {'~1': 1}",
            "[1, [2, 3]] | [{'op': 'replace', 'path': '/1/0', 'value': 9}] | [1, [9, 3]]",
            "{'a': 1} | [{'op': 'replace', 'path': '', 'value': {'b': 2}}] | {'b': 2}",
            "{'a': {'b': 1}} | [{'op': 'move', 'from': '/a/b', 'path': '/c'}] | {'a': {}, 'c': 1}",
            "[1, 2, 3] | [{'op': 'move', 'from': '/0', 'path': '/2'}] | [2, 3, 1]",
            "{'a': 1} | [{'op': 'move', 'from': '/a', 'path': '/a'}] | {'a': 1}",
            "{'a': [1]} | [{'op': 'copy', 'from': '/a', 'path': '/b'}, {'op': 'add', 'path': '/b/-', 'value': 2}] "
                    + "| {'a': [1], 'b': [1, 2]}",
            "{'a': {'x': 1, 'y': [1.0]}} | [{'op': 'test', 'path': '/a', 'value': {'y': [1], 'x': 1}}] | {'a': {'x': 1, 'y': [1.0]}}"})
    void appliesOperations(String before, String patch, String after) {
        var value = json(before);
        assertThat(JsonEquality.identical(JsonPatch.parse(json(patch)).apply(value), json(after))).isTrue();
        assertThat(value).as("the value itself is left alone").isEqualTo(json(before));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{} | [{'op': 'remove', 'path': '/a'}]",
            "{} | [{'op': 'add', 'path': '/a/b', 'value': 1}]", "[1] | [{'op': 'add', 'path': '/2', 'value': 1}]",
            "[1] | [{'op': 'add', 'path': '/01', 'value': 1}]", "[1] | [{'op': 'remove', 'path': '/-'}]",
            "[1] | [{'op': 'add', 'path': '/1e0', 'value': 1}]", "[1] | [{'op': 'test', 'path': '/-1', 'value': 1}]",
            "{'a': 1} | [{'op': 'test', 'path': '/a', 'value': '1'}]",
            "{'a': 1} | [{'op': 'test', 'path': '/a', 'value': [1]}]",
            "{'a': null} | [{'op': 'test', 'path': '/b', 'value': null}]",
            "{'a': 1} | [{'op': 'replace', 'path': '/a/b', 'value': 1}]",
            "{'a': {'b': 1}} | [{'op': 'move', 'from': '/a', 'path': '/a/b'}]",
            "{} | [{'op': 'copy', 'from': '/a', 'path': '/b'}]"})
    void failsWhereThePlaceIsNotThere(String before, String patch) {
        assertThatThrownBy(() -> JsonPatch.parse(json(patch)).apply(json(before)))
                .isInstanceOf(ConflictException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{} | array", "[1] | /0", "[{'path': '/a'}] | /0/op",
            "[{'op': 'spam', 'path': '/a'}] | spam", "[{'op': 'add', 'path': 'a', 'value': 1}] | begin with /",
            "[{'op': 'add', 'path': '/a'}] | /0/value", "[{'op': 'add', 'value': 1}] | /0/path",
            "[{'op': 'copy', 'path': '/a'}] | /0/from", "[{'op': 'remove', 'path': '/a~2'}] | ~"})
    void refusesWhatIsNoPatch(String patch, String message) {
        assertThatThrownBy(() -> JsonPatch.parse(json(patch))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{'a': 1} | {'a': 2} | {'a': 2}",
            "{'a': 1} | {'b': 2} | {'a': 1, 'b': 2}", "{'a': 1, 'b': 2} | {'a': null} | {'b': 2}",
            "{'a': [1]} | {'a': 'x'} | {'a': 'x'}",
            "{'a': {'b': 1, 'c': 2}} | {'a': {'b': null, 'd': 3}} | {'a': {'c': 2, 'd': 3}}",
            "{'a': [1, 2]} | {'a': [3]} | {'a': [3]}", "[1] | [2] | [2]", "{'a': 1} | null | null",
            "[1] | {'a': 1, 'b': null} | {'a': 1}",
            "{} | {'a': {'b': {'c': null}}} | {'a': {'b': {}}}", "{'a': null} | {'b': 1} | {'a': null, 'b': 1}"})
    void merges(String before, String patch, String after) {
        assertThat(JsonEquality.identical(new MergePatch(json(patch)).apply(json(before)), json(after))).isTrue();
    }

    private static JsonNode json(String text) {
        return Values.parse(text.replace('\'', '"'));
    }
}
