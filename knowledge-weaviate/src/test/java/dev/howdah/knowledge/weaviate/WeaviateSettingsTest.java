package dev.howdah.knowledge.weaviate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeaviateSettingsTest {
    @Test
    void hasTheseNamesAndDefaults() {
        var configuration = Configuration.of(Map.of());
        assertThat(WeaviateSettings.from(configuration)).isEqualTo(new WeaviateSettings(
                URI.create("http://localhost:8080"), URI.create("http://localhost:50051"), "", Duration.ofSeconds(5),
                Duration.ofSeconds(30), Duration.ofSeconds(60)));
        assertThat(configuration.effective()).extracting(effective -> effective.setting().name()).containsExactly(
                "howdah.knowledge.weaviate-url", "howdah.knowledge.weaviate-grpc-url",
                "howdah.knowledge.weaviate-api-key", "howdah.knowledge.weaviate-connect-timeout",
                "howdah.knowledge.weaviate-search-timeout", "howdah.knowledge.weaviate-write-timeout");
    }

    @Test
    void understandsTheVariablesOfOthersAndHidesTheKey() {
        var settings = WeaviateSettings.from(Configuration.load(Map.of(), Map.of("WEAVIATE_URL",
                "https://weaviate.example.org", "WEAVIATE_API_KEY", "very-secret"), Path.of("none.yml")));
        assertThat(settings.url()).isEqualTo(URI.create("https://weaviate.example.org"));
        assertThat(settings.grpcUrl()).isEqualTo(URI.create("https://weaviate.example.org:443"));
        assertThat(settings.apiKey()).isEqualTo("very-secret");
        assertThat(settings.toString()).contains("with a key").doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"weaviate:8080", "ftp://host", "http://user:pass@host", "http://host/path",
            "http://host?a=b", "http://", "not a url"})
    void refusesWhatIsNoAddress(String url) {
        refuses(Map.of("howdah.knowledge.weaviate-url", url), "use http://host:port or https://host");
        refuses(Map.of("howdah.knowledge.weaviate-grpc-url", url), "use http://host:port or https://host");
    }

    @Test
    void refusesHalfEncryptedConnectionsAndTimeoutsWithoutSense() {
        refuses(Map.of("howdah.knowledge.weaviate-url", "https://host", "howdah.knowledge.weaviate-grpc-url",
                "http://host:50051"), "use https for both");
        refuses(Map.of("howdah.knowledge.weaviate-search-timeout", "10ms"), "use 1s to 1h");
        refuses(Map.of("howdah.knowledge.weaviate-write-timeout", "2h"), "use 1s to 1h");
    }

    private static void refuses(Map<String, String> values, String remedy) {
        var configuration = Configuration.of(values);
        WeaviateSettings.from(configuration);
        assertThatThrownBy(configuration::check).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(remedy);
    }
}
