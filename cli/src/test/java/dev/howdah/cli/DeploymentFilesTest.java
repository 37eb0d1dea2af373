package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every file of {@code deploy} is read by what knows its language; the cases are in {@code config/deploy}. */
class DeploymentFilesTest {
    @BeforeAll
    static void install() throws IOException, InterruptedException {
        Suites.DEPLOYMENT.install();
    }

    @ParameterizedTest
    @ValueSource(strings = {"terraform", "helm", "compose", "machines"})
    void filesAreSound(String kind) throws Exception {
        var ended = Suites.DEPLOYMENT.run(List.of("node", "--test", kind + ".test.mjs"));
        assertThat(ended.code()).as(ended.output()).isZero();
    }
}
