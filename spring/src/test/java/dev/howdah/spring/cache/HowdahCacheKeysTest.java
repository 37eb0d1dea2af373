package dev.howdah.spring.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.howdah.cache.CacheKey;
import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cache.interceptor.SimpleKey;

/** Which key stands for which object. The texts are written out: one that changes loses every entry of every user. */
class HowdahCacheKeysTest {
    private static final String HERE = "dev.howdah.spring.cache.HowdahCacheKeysTest$";

    enum Color {
        RED, GREEN {
            @Override
            public String toString() {
                return "RED";
            }
        }
    }

    record Size(int width, @Nullable Object more) {
        @Override
        public String toString() {
            return "the same";
        }
    }

    record Area(int width, @Nullable Object more) {}

    record Price(BigDecimal amount) {}

    /** Without a text of its own. */
    static class Plain {}

    /** With equality, but without a text of its own. */
    static class Equal {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Equal;
        }

        @Override
        public int hashCode() {
            return 7;
        }
    }

    /** With a text of its own. */
    static class Named {
        private final Object name;

        Named(Object name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return "named " + name;
        }
    }

    static List<Arguments> keys() {
        return List.of(
                arguments("apple", "apple"), arguments("5", "5"), arguments("", ":\"\""), arguments(":5", ":\":5\""),
                arguments("null", "null"), arguments("ä\0\uD83D\uDE00", "ä\0\uD83D\uDE00"),
                arguments("cut\uD83D", ":\"cut\\ud83d\""), arguments("cut\uD83E", ":\"cut\\ud83e\""),
                arguments(5, ":5"), arguments(5L, ":5L"), arguments(-5, ":-5"),
                arguments((short) 5, ":java.lang.Short(\"5\")"), arguments((byte) 5, ":java.lang.Byte(\"5\")"),
                arguments('5', ":java.lang.Character(\"5\")"), arguments(5.0, ":java.lang.Double(\"5.0\")"),
                arguments(5f, ":java.lang.Float(\"5.0\")"), arguments(true, ":true"),
                arguments(BigInteger.valueOf(5), ":java.math.BigInteger(\"5\")"),
                arguments(new BigDecimal("5.0"), ":java.math.BigDecimal(\"5.0\")"),
                arguments(new BigDecimal("5.00"), ":java.math.BigDecimal(\"5.00\")"),
                arguments(new UUID(1, 2), ":java.util.UUID(\"00000000-0000-0001-0000-000000000002\")"),
                arguments(Color.RED, ":" + HERE + "Color.RED"), arguments(Color.GREEN, ":" + HERE + "Color.GREEN"),
                arguments(new Size(5, null), ":" + HERE + "Size(5,null)"),
                arguments(new Area(5, null), ":" + HERE + "Area(5,null)"),
                arguments(new Area(5, "null"), ":" + HERE + "Area(5,\"null\")"),
                arguments(new Area(5, new Price(BigDecimal.ONE)), ":" + HERE + "Area(5," + HERE
                        + "Price(java.math.BigDecimal(\"1\")))"),
                arguments(SimpleKey.EMPTY, ":()"), arguments(new SimpleKey("a", "b"), ":(\"a\",\"b\")"),
                arguments(new SimpleKey("a, b"), ":(\"a, b\")"), arguments(new SimpleKey("a\",\"b"),
                        ":(\"a\\\",\\\"b\")"),
                arguments(new SimpleKey("a\\", "b"), ":(\"a\\\\\",\"b\")"), arguments(new SimpleKey(5, 5L), ":(5,5L)"),
                arguments(new SimpleKey("a", null), ":(\"a\",null)"),
                arguments(new SimpleKey((Object) new int[]{1, 2}), ":(int[1,2])"),
                arguments(new SimpleKey((Object) new String[][]{{"a"}, {}}),
                        ":(java.lang.String[][java.lang.String[\"a\"],java.lang.String[]])"),
                arguments(List.of(), ":[]"), arguments(List.of(1, "1"), ":[1,\"1\"]"), arguments(Set.of(), ":{}"),
                arguments(Set.of(1), ":{1}"), arguments(Map.of(), ":{=}"), arguments(Map.of(1, "x"), ":{1=\"x\"}"),
                arguments(Optional.empty(), ":java.util.Optional()"),
                arguments(Optional.of(1), ":java.util.Optional(1)"),
                arguments(LocalDate.of(2026, 11, 22), ":java.time.LocalDate(\"2026-11-22\")"),
                arguments(Duration.ofMinutes(2), ":java.time.Duration(\"PT2M\")"),
                arguments(URI.create("a:b"), ":java.net.URI(\"a:b\")"),
                arguments(Date.from(Instant.ofEpochMilli(1)), ":java.util.Date(\"1970-01-01T00:00:00.001Z\")"),
                arguments(Timestamp.from(Instant.ofEpochSecond(0, 1_000)),
                        ":java.sql.Timestamp(\"1970-01-01T00:00:00.000001Z\")"),
                arguments(new Named("joe@cafe.org"), ":" + HERE + "Named(\"named joe@cafe.org\")"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void isTheSameInEveryProcess(Object key, String text) {
        assertThat(Keys.of(key)).isEqualTo(CacheKey.of(text));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void differsFromAllOthers(Object key, String text) {
        assertThat(keys().stream().map(other -> Keys.of(requireNonNull(other.get()[0]))).filter(Keys.of(key)::equals))
                .as(text).hasSize(1);
    }

    static Stream<Arguments> equals() {
        var forwards = new LinkedHashMap<>(Map.of("a", 1));
        forwards.put("b", 2);
        var backwards = new LinkedHashMap<>(Map.of("b", 2));
        backwards.put("a", 1);
        return Stream.of(
                arguments(forwards, backwards),
                arguments(new LinkedHashSet<>(List.of("a", "b", "c")), new LinkedHashSet<>(List.of("c", "b", "a"))),
                arguments(new TreeSet<>(Set.of(1, 2)), new HashSet<>(Set.of(2, 1))),
                arguments(List.of(1, 2), new ArrayList<>(Arrays.asList(1, 2))),
                arguments(new SimpleKey(List.of(1)), new SimpleKey(Collections.singletonList(1))),
                arguments(new Area(1, Set.of("a", "b")), new Area(1, new TreeSet<>(Set.of("b", "a")))));
    }

    @ParameterizedTest
    @MethodSource("equals")
    void isTheSameForWhatIsEqual(Object one, Object other) {
        assertThat(one).isEqualTo(other);
        assertThat(Keys.of(one)).isEqualTo(Keys.of(other));
    }

    static Stream<Object> withoutText() {
        var itself = new ArrayList<>();
        itself.add(itself);
        return Stream.of(new Plain(), new Equal(), new Object(), new SimpleKey("a", new Plain()),
                new Area(1, new Plain()), List.of(new Plain()), Map.of("a", new Plain()), Optional.of(new Plain()),
                new Named(new Plain()), new Named(new int[]{1}), new Named(new String[]{"a"}),
                new AtomicReference<>(new Plain()), new ArrayDeque<>(List.of(1)), (Runnable) () -> {}, itself);
    }

    @ParameterizedTest
    @MethodSource("withoutText")
    void refusesWhatWouldBeAnotherAfterARestart(Object key) {
        assertThatThrownBy(() -> Keys.of(key)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("key = \"#order.id\"");
    }

    @Test
    void hashesWhatIsTooLong() {
        var longest = "x".repeat(CacheKey.BYTES_MAX);
        assertThat(Keys.of(longest)).isEqualTo(CacheKey.of(longest));
        assertThat(Keys.of(longest + "x")).isEqualTo(Keys.of("x" + longest)).isNotEqualTo(Keys.of(longest + "y"))
                .isNotEqualTo(Keys.of(new SimpleKey(longest + "x")))
                .hasToString(":sha256:9f2c9dcddb048a0b2baf27b3fec5efb480c7d9500ff0c6510b78f0033683c5c5");
    }
}
