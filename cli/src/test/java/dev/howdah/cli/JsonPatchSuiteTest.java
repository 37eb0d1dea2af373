package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.documents.update.JsonPatch;
import dev.howdah.postgres.HowdahException;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The published cases of JSON Patch, as npm has them. */
class JsonPatchSuiteTest {
    @BeforeAll
    static void install() throws Exception {
        Suites.PROTOCOLS.install();
    }

    @ParameterizedTest
    @CsvSource({"spec_tests.json, 16", "tests.json, 75"})
    void everyPublishedCasePasses(String file, int cases) throws IOException {
        var all = JsonMapper.shared().readTree(Files.readString(Suites.PROTOCOLS.file("json-patch-test-suite", file)));
        int run = 0;
        for (var one : all) {
            if (one.has("patch") && !one.path("disabled").asBoolean(false)) {
                check(one);
                run++;
            }
        }
        assertThat(run).isEqualTo(cases);
    }

    private static void check(JsonNode one) {
        if (one.has("error")) {
            assertThatThrownBy(() -> JsonPatch.parse(one.path("patch")).apply(one.path("doc"))).as(one.toString())
                    .isInstanceOf(HowdahException.class);
        } else {
            var after = JsonPatch.parse(one.path("patch")).apply(one.path("doc"));
            assertThat((Object) after).as(one.toString()).isEqualTo(one.has("expected") ? one.path("expected") : after);
        }
    }
}
