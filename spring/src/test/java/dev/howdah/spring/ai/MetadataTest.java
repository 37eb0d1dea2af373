package dev.howdah.spring.ai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.ai.document.Document;
import org.springframework.ai.vectorstore.SearchRequest;
import org.springframework.ai.vectorstore.filter.Filter;
import org.springframework.ai.vectorstore.filter.Filter.Expression;
import org.springframework.ai.vectorstore.filter.Filter.ExpressionType;
import org.springframework.ai.vectorstore.filter.Filter.Value;
import org.springframework.ai.vectorstore.filter.FilterExpressionBuilder;
import org.springframework.ai.vectorstore.filter.FilterExpressionTextParser.FilterExpressionParseException;

/** Metadata as they come back, and as filters see them. */
class MetadataTest {
    private static final FilterExpressionBuilder IS = new FilterExpressionBuilder();
    private static final HowdahVectorStore WORLD = world();

    private final HowdahVectorStore store = Stores.EXACT.empty();

    private static HowdahVectorStore world() {
        var store = Stores.EXACT.empty();
        store.add(List.of(
                new Document("bg20", "the world", Map.of("country", "BG", "year", 2020, "open", true, "foo bar 1",
                        "bar.foo", "a.b", 1.5, "tags", List.of("x"))),
                new Document("bg23", "the world", Map.of("country", "BG", "year", 2023L, "open", false, "nested",
                        Map.of("k", 1))),
                new Document("nl", "the world", Map.of("country", "NL", "at", Instant.parse("2026-01-02T03:04:05Z")))));
        return store;
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
        country == 'NL'                                              ; nl
        country == 'BG'                                              ; bg20 bg23
        country != 'BG'                                              ; nl
        year == 2020                                                 ; bg20
        year == 2023                                                 ; bg23
        year != 2020                                                 ; bg23 nl
        year > 2020                                                  ; bg23
        year >= 2020                                                 ; bg20 bg23
        year < 2023                                                  ; bg20
        year <= 2023                                                 ; bg20 bg23
        year > 'text'                                                ;
        country > 'BG'                                               ; nl
        country in ['BG', 'NL']                                      ; bg20 bg23 nl
        year in [2020]                                               ; bg20
        year in [2019, 2023]                                         ; bg23
        country not in ['BG']                                        ; nl
        country nin ['NL', 'DE']                                     ; bg20 bg23
        year not in [2020]                                           ; bg23 nl
        open == true                                                 ; bg20
        open in [false]                                              ; bg23
        country == 'BG' && year == 2020                              ; bg20
        country == 'BG' AND year > 2020 AND open == false            ; bg23
        (country == 'BG' && year == 2020) || (country == 'NL')       ; bg20 nl
        NOT((country == 'BG' && year == 2020) || (country == 'NL'))  ; bg23
        NOT(country == 'BG')                                         ; nl
        "foo bar 1" == 'bar.foo'                                     ; bg20
        a.b == 1.5                                                   ; bg20
        a.b >= 1 && a.b < 2                                          ; bg20
        year IS NULL                                                 ; nl
        year IS NOT NULL                                             ; bg20 bg23
        country IS NOT NULL                                          ; bg20 bg23 nl
        open IS NOT NULL                                             ; bg20 bg23
        tags IS NOT NULL                                             ; bg20
        tags IS NULL                                                 ; bg23 nl
        nested IS NOT NULL                                           ; bg23
        nothing IS NULL                                              ; bg20 bg23 nl
        country != 'NL' && NOT(year IS NULL)                         ; bg20 bg23
        at == '2026-01-02T03:04:05Z'                                 ; nl
        at > '2026-01-02' && at < '2026-01-03'                       ; nl
        """)
    void everyFilterLetsThroughWhatItShould(String filter, String expected) {
        assertThat(WORLD.similaritySearch(SearchRequest.builder().query("world").topK(5).filterExpression(filter)
                .build())).extracting(Document::getId)
                .containsExactlyInAnyOrder(expected == null ? new String[0] : expected.split(" "));
    }

    @Test
    void filtersOfTheBuilderAreTheSame() {
        assertThat(found(WORLD, IS.and(IS.eq("country", "BG"), IS.group(IS.or(IS.gt("year", 2022), IS.isNull("year"))))
                .build())).containsExactly("bg23");
        assertThat(found(WORLD, IS.in("year", 2020.0, 5L).build())).as("numbers compare by value")
                .containsExactly("bg20");
        assertThat(found(WORLD, IS.in("year", List.of()).build())).isEmpty();
        assertThat(found(WORLD, IS.nin("year", List.of()).build())).hasSize(3);
        assertThat(found(WORLD, IS.not(IS.isNotNull("year")).build())).containsExactly("nl");
        assertThat(found(WORLD, IS.lte("at", Instant.parse("2026-01-02T03:04:05Z")).build())).containsExactly("nl");
        assertThat(found(WORLD, IS.eq("at", Date.from(Instant.parse("2026-01-02T03:04:05Z"))).build()))
                .containsExactly("nl");
        assertThat(found(WORLD, new Expression(ExpressionType.IN, new Filter.Key("country"), new Value("NL"))))
                .containsExactly("nl");
    }

    @Test
    void filtersThatAreNoneAreRefused() {
        var noCondition = new Expression(ExpressionType.NOT, new Filter.Key("country"));
        var noKey = new Expression(ExpressionType.EQ, new Value("x"), new Value("y"));
        var noValue = new Expression(ExpressionType.GT, new Filter.Key("country"));
        var tooMany = Stream.iterate(IS.eq("n", 0), filter -> IS.or(filter, IS.eq("n", 1))).skip(200).findFirst()
                .orElseThrow().build();
        refuses(noCondition, "condition");
        refuses(noKey, "no key");
        refuses(noValue, "no value");
        refuses(IS.eq("n", Double.NaN).build(), "finite");
        refuses(IS.gt("n", List.of(1)).build(), "ImmutableCollections");
        refuses(tooMany, "200 terms");
        assertThatThrownBy(() -> WORLD.delete(tooMany)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> WORLD.delete("country == NL")).isInstanceOf(FilterExpressionParseException.class);
    }

    private static void refuses(Expression filter, String reason) {
        assertThatThrownBy(() -> found(WORLD, filter)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void metadataComesBackWithItsTypes() {
        var metadata = new HashMap<String, Object>();
        metadata.putAll(Map.of("text", "a\"'\\ \u00e4 \ud83d\udc18", "empty", "", "flag", true, "int",
                Integer.MIN_VALUE, "small", 3L, "long", Long.MAX_VALUE, "float", 1.1f, "whole", 2f, "least",
                Float.MIN_VALUE, "most", Float.MAX_VALUE));
        metadata.putAll(Map.of("double", 1.1, "ten", 10.0, "tiny", Double.MIN_VALUE, "huge", Double.MAX_VALUE, "sum",
                0.1 + 0.2, "id", UUID.randomUUID(), "uri", URI.create("https://example.org/a?b=c"), "date",
                Date.from(Instant.parse("2026-01-02T03:04:05.678Z")), "instant",
                Instant.parse("2026-01-02T03:04:05.000000001Z")));
        metadata.putAll(Map.of("day", LocalDate.parse("2026-01-02"), "local", LocalDateTime.parse("2026-01-02T03:04"),
                "offset", OffsetDateTime.parse("2026-01-02T03:04:05+01:00"), "zoned",
                ZonedDateTime.parse("2026-01-02T03:04:05+01:00[Europe/Paris]"), "list",
                Arrays.asList("a", 1, true, null),
                "map", Map.of("k", List.of(1.5)), "$dollar", Map.of("$oid", "x")));

        assertThat(back(metadata)).isEqualTo(metadata);
    }

    @Test
    void otherValuesComeBackAsTheNearestType() {
        assertThat(back(Map.of("decimal", new BigDecimal("1.50"), "big", BigInteger.TEN, "short", (short) 5, "enum",
                DayOfWeek.MONDAY, "set", Set.of(1), "array", new String[]{"a"})))
                .isEqualTo(Map.of("decimal", 1.5, "big", 10, "short", 5, "enum", "MONDAY", "set", List.of(1), "array",
                        List.of("a")));
        assertThatThrownBy(() -> back(Map.of("n", new BigDecimal("0.12345678901234567890"))))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("more digits")
                .hasMessageContaining("text");
    }

    private Map<String, Object> back(Map<String, Object> metadata) {
        store.add(List.of(new Document("1", "text", metadata)));
        var back = new HashMap<>(store.similaritySearch("text").getFirst().getMetadata());
        back.remove("distance");
        return back;
    }

    private static List<String> found(HowdahVectorStore store, Expression filter) {
        return store.similaritySearch(SearchRequest.builder().query("world").topK(5).filterExpression(filter).build())
                .stream().map(Document::getId).sorted().toList();
    }
}
