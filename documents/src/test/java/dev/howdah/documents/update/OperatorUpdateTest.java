package dev.howdah.documents.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.value.DocumentLimits;
import dev.howdah.documents.value.StoredDocument;
import dev.howdah.documents.value.ValueOrder;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class OperatorUpdateTest {
    private static final ValueOrder ORDER = ValueOrder.INSTANCE;
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            // document | update | after
            "{} | {'$set': {'a.b.0': 1}} | {'a': {'b': {'0': 1}}}",
            "{'a': [1]} | {'$set': {'a.2': 3}} | {'a': [1, null, 3]}",
            "{'a': [{'b': 1}]} | {'$set': {'a.0.b': 2}} | {'a': [{'b': 2}]}",
            "{'a': 1, 'b': [1, 2]} | {'$unset': {'a': '', 'b.0': '', 'c.d': ''}} | {'b': [null, 2]}",
            "{'a': 1} | {'$inc': {'a': 2, 'b': -1}} | {'a': 3, 'b': -1}",
            "{'a': 0.1} | {'$inc': {'a': 0.2}} | {'a': 0.3}",
            "{'a': 3} | {'$mul': {'a': 1.5, 'b': 9}} | {'a': 4.5, 'b': 0}",
            "{'a': 5} | {'$min': {'a': 3, 'b': 1}} | {'a': 3, 'b': 1}", "{'a': 5} | {'$max': {'a': 3}} | {'a': 5}",
            "{'a': 5} | {'$max': {'a': 'text'}} | {'a': 'text'}",
            "{'a': 1, 'b': 2} | {'$rename': {'a': 'b', 'x': 'y'}} | {'b': 1}",
            "{'a': {'b': 1}} | {'$rename': {'a.b': 'c.d'}} | {'a': {}, 'c': {'d': 1}}",
            "{'a': 1} | {'$setOnInsert': {'b': 1}} | {'a': 1}", "{} | {'$push': {'a': 1}} | {'a': [1]}",
            "{'a': [1]} | {'$push': {'a': [2]}} | {'a': [1, [2]]}",
            "{'a': [1, 5]} | {'$push': {'a': {'$each': [3, 4], '$position': 1}}} | {'a': [1, 3, 4, 5]}",
            "{'a': [1, 5]} | {'$push': {'a': {'$each': [3], '$position': -1}}} | {'a': [1, 3, 5]}",
            "{'a': [3]} | {'$push': {'a': {'$each': [1, 2], '$sort': 1, '$slice': 2}}} | {'a': [1, 2]}",
            "{'a': [3]} | {'$push': {'a': {'$each': [1, 2], '$slice': -2}}} | {'a': [1, 2]}",
            "{'a': [{'n': 2}]} | {'$push': {'a': {'$each': [{'n': 9}], '$sort': {'n': -1}}}} | {'a': [{'n': 9}, {'n': 2}]}",
            "{'a': [1]} | {'$addToSet': {'a': {'$each': [1, 1.0, 2, 2]}}} | {'a': [1, 2]}",
            "{'a': [{'x': 1, 'y': 2}]} | {'$addToSet': {'a': {'y': 2, 'x': 1}}} | {'a': [{'x': 1, 'y': 2}]}",
            "{'a': [1, 5, 8]} | {'$pull': {'a': {'$gte': 5}}} | {'a': [1]}",
            "{'a': [1, 2, 1]} | {'$pull': {'a': 1, 'b': 1}} | {'a': [2]}",
            "{'a': [{'n': 1, 'm': 1}, {'n': 2}]} | {'$pull': {'a': {'n': 1}}} | {'a': [{'n': 2}]}",
            "{'a': [1, 2, 3]} | {'$pullAll': {'a': [1, 3]}} | {'a': [2]}",
            "{'a': [1, 2, 3]} | {'$pop': {'a': 1}} | {'a': [1, 2]}",
            "{'a': [1, 2, 3]} | {'$pop': {'a': -1}} | {'a': [2, 3]}",
            "{'a': [1, 2]} | {'$inc': {'a.$[]': 10}} | {'a': [11, 12]}",
            "{'a': [{'b': [1]}, {'b': [2, 3]}]} | {'$mul': {'a.$[].b.$[]': 2}} | {'a': [{'b': [2]}, {'b': [4, 6]}]}",
            "{} | {'$currentDate': {'at': true}} | {'at': {'$date': '2026-01-02T03:04:05.678Z'}}",
            "{'a': {'$numberDouble': 'NaN'}} | {'$inc': {'a': 1}} | {'a': {'$numberDouble': 'NaN'}}",
            "{} | {'$set': {'d': {'$date': '2020-01-01T01:00:00+01:00'}}} | {'d': {'$date': '2020-01-01T00:00:00.000Z'}}"})
    void changesDocuments(String before, String update, String after) {
        assertThatObject(apply(before, update, "{}", "[]")).usingComparator(ORDER).isEqualTo(json(after));
    }

    @Test
    void changesTheElementThatTheFilterMet() {
        assertThatObject(apply("{'a': [1, 5, 8]}", "{'$set': {'a.$': 0}}", "{'a': {'$gt': 4}}", "[]"))
                .usingComparator(ORDER).isEqualTo(json("{'a': [1, 0, 8]}"));
        assertThatObject(
                apply("{'a': [{'n': 1, 'v': 1}, {'n': 2, 'v': 1}]}", "{'$inc': {'a.$.v': 1}}", "{'a.n': 2}", "[]"))
                .usingComparator(ORDER).isEqualTo(json("{'a': [{'n': 1, 'v': 1}, {'n': 2, 'v': 2}]}"));
        assertThatObject(apply("{'a': [{'n': 1, 'm': 9}, {'n': 2, 'm': 9}]}", "{'$set': {'a.$.hit': true}}",
                "{'a': {'$elemMatch': {'n': 2, 'm': 9}}}", "[]"))
                .usingComparator(ORDER).isEqualTo(json("{'a': [{'n': 1, 'm': 9}, {'n': 2, 'm': 9, 'hit': true}]}"));
        assertThatThrownBy(() -> apply("{'a': [1]}", "{'$set': {'a.$': 0}}", "{}", "[]"))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void changesTheElementsThatArrayFiltersMeet() {
        assertThatObject(apply("{'a': [1, 5, 8]}", "{'$set': {'a.$[big]': 0}}", "{}", "[{'big': {'$gte': 5}}]"))
                .usingComparator(ORDER).isEqualTo(json("{'a': [1, 0, 0]}"));
        assertThatObject(
                apply("{'a': [{'n': 1, 'b': [1, 2]}, {'n': 2, 'b': [1, 2]}]}", "{'$inc': {'a.$[x].b.$[y]': 10}}",
                        "{}", "[{'x.n': 2}, {'y': 1}]"))
                .usingComparator(ORDER).isEqualTo(json("{'a': [{'n': 1, 'b': [1, 2]}, {'n': 2, 'b': [11, 2]}]}"));
        assertThatThrownBy(() -> parse("{'$set': {'a.$[x]': 0}}", "[{'y': 1}]"))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("$[y]");
        assertThatThrownBy(() -> apply("{'a': [1]}", "{'$set': {'a.$[x]': 0}}", "{}", "[]"))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("$[x]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{'$foo': {'a': 1}} | $pullAll",
            "{'$set': {'a': 1}, 'b': 2} | side by side", "{'$set': {'a': 1, 'a.b': 2}} | twice",
            "{'$set': {'a.b': 1}, '$inc': {'a': 2}} | twice", "{'$set': {'a': 1}, '$rename': {'b': 'a'}} | twice",
            "{'$set': {'_id': 1}} | _id", "{'$inc': {'a': 'x'}} | number", "{'$set': 1} | object",
            "{'$set': {'a..b': 1}} | empty", "{'$set': {'$a': 1}} | $[name]", "{'$pop': {'a': 2}} | -1",
            "{'$push': {'a': {'$each': 1}}} | array", "{'$push': {'a': {'$each': [], '$slize': 1}}} | $slize",
            "{'$rename': {'a': 1}} | name", "{'$currentDate': {'a': 'x'}} | true",
            "{'$rename': {'a.$[]': 'b'}} | arrays"})
    void refusesUpdatesThatMakeNoSense(String update, String message) {
        assertThatThrownBy(() -> parse(update, "[]")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{'a': 'x'} | {'$inc': {'a': 1}}",
            "{'a': 9223372036854775807} | {'$inc': {'a': 1}}", "{'a': 1} | {'$set': {'a.b': 1}}",
            "{'a': [1]} | {'$set': {'a.b': 1}}", "{'a': 1} | {'$push': {'a': 1}}", "{'a': 1} | {'$pull': {'a': 1}}",
            "{'a': [1]} | {'$set': {'a.99999': 1}}", "{'a': [1]} | {'$rename': {'a.0': 'b'}}",
            "{'a': 1} | {'$set': {'a.$[]': 1}}"})
    void refusesDocumentsThatItDoesNotFit(String before, String update) {
        assertThatThrownBy(() -> apply(before, update, "{}", "[]")).isInstanceOf(ConflictException.class);
    }

    @Test
    void keepsTheTypesOfNumbersThatItLeavesAlone() {
        var before = StoredDocument.of(json("{'_id': 1, 'a': 5, 'b': 6}"), Map.of("/a", "long", "/b", "long"));
        var after = Update.parse(json("{'$set': {'b': 7, 'c': {'$numberLong': '8'}}}")).applied(before,
                new Update.Occasion(Optional.empty(), false, NOW), DocumentLimits.DEFAULT);
        assertThatObject(after.data()).usingComparator(ORDER).isEqualTo(json("{'_id': 1, 'a': 5, 'b': 7, 'c': 8}"));
        assertThat(after.typesByPointer()).containsExactly(Map.entry("/a", "long"), Map.entry("/c", "long"));
    }

    @Test
    void keepsTheIdentityOfWhatItReplaces() {
        var before = StoredDocument.of(json("{'_id': 1, 'a': 5}"), Map.of());
        var occasion = new Update.Occasion(Optional.empty(), false, NOW);
        assertThatObject(Update.parse(json("{'b': 1}")).applied(before, occasion, DocumentLimits.DEFAULT).data())
                .usingComparator(ORDER).isEqualTo(json("{'_id': 1, 'b': 1}"));
        assertThatThrownBy(() -> Update.parse(json("{'_id': 2}")).applied(before, occasion, DocumentLimits.DEFAULT))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("_id");
    }

    private static ObjectNode apply(String before, String update, String filter, String arrayFilters) {
        var occasion = new Update.Occasion(Optional.of(Filter.parse(json(filter))), false, NOW);
        return parse(update, arrayFilters).applied(StoredDocument.of(json(before), Map.of()), occasion,
                DocumentLimits.DEFAULT).data();
    }

    private static Update parse(String update, String arrayFilters) {
        return Update.parse(json(update), (ArrayNode) Values.parse(arrayFilters.replace('\'', '"')));
    }

    private static ObjectNode json(String text) {
        return Values.parseObject(text.replace('\'', '"'));
    }
}
