package dev.howdah.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.InvalidInputException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CacheSettingsTest {
    @Test
    void hasTheseNamesAndDefaults() {
        assertThat(CacheSettings.defaults()).isEqualTo(new CacheSettings(2_000, 1 << 20, Duration.ofHours(1),
                Duration.ofSeconds(30), Duration.ofSeconds(2)));
        assertThat(CacheSettings.from(Configuration.of(Map.of("howdah.cache.key-max", "100", "howdah.cache.value-max",
                "2000", "howdah.cache.default-ttl", "0s", "howdah.cache.load-lease", "5s",
                "howdah.cache.upkeep-interval", "1m"))))
                .isEqualTo(new CacheSettings(100, 2_000, Duration.ZERO, Duration.ofSeconds(5), Duration.ofMinutes(1)));
        assertThat(new CacheSettings(1, 1, Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1)).options()
                .defaultTtl()).as("zero means for ever").isEmpty();
    }

    @Test
    void refusesWhatCannotWork() {
        var wrong = Configuration.of(Map.of("howdah.cache.key-max", "2001", "howdah.cache.load-lease", "0s"));
        CacheSettings.from(wrong);
        assertThatThrownBy(wrong::check).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("1 to 2000").hasMessageContaining("howdah.cache.load-lease is 0s");
        assertThatThrownBy(() -> CacheOptions.DEFAULT.withNegativeTtl(Duration.ofSeconds(-1))
                .withDefaultTtl(Optional.of(Duration.ZERO))).isInstanceOf(InvalidInputException.class);
    }
}
