package dev.howdah.agent.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSettingsTest {
    private static ModelSettings read(Map<String, String> values) {
        var configuration = Configuration.of(values);
        var settings = ModelSettings.from(configuration);
        configuration.check();
        return settings;
    }

    @Test
    void defaultsAskNoModel() {
        var settings = read(Map.of());
        assertThat(settings.provider()).isEqualTo(ModelProvider.BUILT_IN);
        assertThat(settings.timeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.attempts()).isEqualTo(3);
        assertThat(settings.concurrency()).isEqualTo(8);
        assertThat(settings.outputTokensMax()).isEqualTo(2_000);
        assertThat(settings.retention()).isEqualTo(Duration.ofDays(90));
        assertThat(settings.prices().prices()).isEmpty();
    }

    @Test
    void takesTheFirstProviderWhoseKeyIsSet() {
        assertThat(read(Map.of("howdah.agent.model.openai-key", "k1")).model()).isEqualTo("gpt-4o-mini");
        var both = read(Map.of("howdah.agent.model.openai-key", "k1", "howdah.agent.model.anthropic-key", "k2"));
        assertThat(both.provider()).isEqualTo(ModelProvider.ANTHROPIC);
        assertThat(both.key()).isEqualTo("k2");
        assertThat(both.toString()).doesNotContain("k2", "k1");
        assertThat(read(Map.of("howdah.agent.model.provider", "ollama")).url()).isEqualTo("http://localhost:11434");
        assertThat(read(Map.of("howdah.agent.model.provider", "openai", "howdah.agent.model.url",
                "http://localhost:1234/v1")).key()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "openai"})
    void refusesAProviderWithoutItsKey(String provider) {
        assertThatThrownBy(() -> read(Map.of("howdah.agent.model.provider", provider)))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("there is no key");
    }

    @Test
    void readsPrices() {
        var prices = read(Map.of("howdah.agent.model.prices", "gpt-4o-mini=0.15/0.60, org/m:8b=0/0")).prices();
        assertThat(prices.of("gpt-4o-mini").orElseThrow().outputPerMillion()).isEqualByComparingTo("0.6");
        assertThat(prices.of("org/m:8b")).isPresent();
        assertThat(prices.of("other")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "x=1", "x=1/-2", "=1/2", "x=1/2/3", "x=a/b", "x=1,5/2"})
    void refusesWhatIsNoPrice(String text) {
        assertThatThrownBy(() -> read(Map.of("howdah.agent.model.prices", text)))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("MODEL=INPUT/OUTPUT");
    }
}
