package dev.howdah.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    private final Redaction redaction = Redaction.of(List.of("topsecret", "", "x"));

    @ParameterizedTest
    @ValueSource(strings = {"key topsecret was refused", "Authorization: Bearer abc.SECRET-7", "sk-ant-api03-SECRET7",
            "Incorrect API key provided: sk-proj-****SECRET7", "{\"api_key\": \"SECRET7\"}", "?key=SECRET7&x=1",
            "password=SECRET7", "https://user:SECRET7@example.org/"})
    void hidesWhatIsOrLooksLikeASecret(String text) {
        assertThat(redaction.clean(text)).doesNotContain("SECRET", "topsecret").contains("***");
    }

    @Test
    void leavesTheRestAsItIs() {
        var text = "model answered 429: rate_limit_error, x requests per minute";
        assertThat(redaction.clean(text)).isEqualTo(text);
    }

    @Test
    void makesOneBoundedLineOfIt() {
        assertThat(redaction.clean("a\n\tb\u0000c\u001b[31m")).isEqualTo("a b c [31m");
        assertThat(redaction.clean("y".repeat(5_000))).hasSize(500).endsWith("…");
    }

    @Test
    void hidesLinesOfThePrompt() {
        var request = ModelRequest.of("test", "The patient is Ada Lovelace.\nBorn in 1815, in London.")
                .withSystem("You are a careful doctor.");
        assertThat(
                redaction.clean("cannot parse: The patient is Ada Lovelace.\nBorn  in 1815, in London. after You are a "
                        + "careful doctor.", request))
                .isEqualTo("cannot parse: *** *** after ***");
    }
}
