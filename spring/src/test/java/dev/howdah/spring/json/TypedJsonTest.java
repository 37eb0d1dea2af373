package dev.howdah.spring.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class TypedJsonTest {
    private final TypedJson json = new TypedJson(List.of("dev.howdah.spring"), getClass().getClassLoader(), List.of());

    record Item(String name, BigDecimal price) {}

    record Cart(UUID id, List<Item> items, Map<String, Object> more, Instant at, @Nullable Object note) {}

    static List<Object> values() {
        var cart = new Cart(new UUID(1, 2), List.of(new Item("tea", new BigDecimal("3.10"))),
                Map.of("gift", new Item("card", BigDecimal.ONE), "days", 3L), Instant.parse("2026-11-22T09:00:00.5Z"),
                Set.of("a"));
        return List.of("text", 5, 5L, 2.5, true, new BigDecimal("0.10"), DayOfWeek.MONDAY, Duration.ofMinutes(2), cart,
                List.of(cart, "b"), Map.of("k", List.of(1L)), new LinkedHashMap<>(Map.of("x", cart)),
                new int[]{1, 2}.length, Set.of(cart));
    }

    @ParameterizedTest
    @MethodSource("values")
    void whatIsWrittenIsReadAsTheSame(Object value) {
        var text = json.write(value).toString();
        assertThat(json.read(JsonMapper.shared().readTree(text))).as(text).isEqualTo(value);
    }

    @Test
    void nothingIsNothing() {
        assertThat(json.read(json.write(null))).isNull();
        assertThat((byte[]) json.read(json.write(new byte[]{1, 2}))).containsExactly(1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{'type': 'java.lang.ProcessBuilder', 'value': {'command': ['ls']}}",
            "{'type': 'java.util.logging.FileHandler', 'value': 'x'}",
            "{'type': 'org.springframework.context.support.FileSystemXmlApplicationContext', 'value': 'x'}",
            "{'type': 'java.util.ArrayList', 'value': [['java.lang.ProcessBuilder', {'command': ['ls']}]]}",
            "{'type': 'dev.howdah.spring.json.NoLongerThere', 'value': {}}",
            "{'type': 'dev.howdah.spring.json.TypedJsonTest$Item', 'value': {'name': ['x']}}",
            "{'value': 1}"})
    void dataDoesNotSayWhichCodeIsRun(String text) {
        assertThatThrownBy(() -> json.read(JsonMapper.shared().readTree(text.replace('\'', '"'))))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void whatCouldNotBeReadAgainIsNotWritten() {
        assertThatThrownBy(() -> json.write(new ProcessBuilder("ls"))).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("trusted-packages");
    }
}
