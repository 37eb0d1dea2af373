package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final Setting<Integer> SIZE = Setting.integer("howdah.test.size", 10, 1, 100, "Size.", "OLD_SIZE");
    private static final Setting<Duration> WAIT = Setting.duration("howdah.test.wait", "5s", "Wait.");
    private static final Setting<String> PASSWORD = Setting.secret("howdah.test.password", "Password.");
    private static final Setting<Boolean> ON = Setting.flag("howdah.test.on", true, "On.");

    @TempDir
    Path directory;

    @Test
    void takesTheNearestSource() throws Exception {
        var yaml = Files.writeString(directory.resolve("howdah.yml"), "howdah:\n  test:\n    size: 20\n    wait: 2m\n");
        assertThat(Configuration.load(Map.of(), Map.of(), directory.resolve("none")).get(SIZE)).isEqualTo(10);
        assertThat(Configuration.load(Map.of(), Map.of(), yaml).get(SIZE)).isEqualTo(20);
        assertThat(Configuration.load(Map.of(), Map.of("OLD_SIZE", "30"), yaml).get(SIZE)).isEqualTo(30);
        var environment = Map.of("OLD_SIZE", "30", "HOWDAH_TEST_SIZE", "40");
        assertThat(Configuration.load(Map.of(), environment, yaml).get(SIZE)).isEqualTo(40);
        var overridden = Configuration.load(Map.of("howdah.test.size", "50"), environment, yaml);
        assertThat(overridden.get(SIZE)).isEqualTo(50);
        assertThat(overridden.get(WAIT)).isEqualTo(Duration.ofMinutes(2));
        overridden.check();
    }

    @Test
    void reportsEveryProblemAtOnceWithoutSecrets() throws Exception {
        var yaml = Files.writeString(directory.resolve("howdah.yml"), "howdah:\n  test:\n    sise: 20\n");
        var configuration = Configuration.load(Map.of(), Map.of("HOWDAH_TEST_SIZE", "many", "HOWDAH_TEST_WAIT", "soon",
                "HOWDAH_TEST_ON", "maybe", "HOWDAH_TEST_PASSWORD", "hunter2", "HOWDAH_TEST_WAITT", "1s"), yaml);
        assertThat(configuration.get(SIZE)).isEqualTo(10);
        configuration.get(WAIT);
        configuration.get(ON);
        configuration.get(PASSWORD);
        assertThatThrownBy(configuration::check).asInstanceOf(type(ConfigurationException.class))
                .satisfies(e -> assertThat(e.getMessage())
                        .contains("HOWDAH_TEST_SIZE is \"many\"; use a whole number from 1 to 100",
                                "HOWDAH_TEST_WAIT is \"soon\"", "HOWDAH_TEST_ON is \"maybe\"; use true or false",
                                "\"howdah.test.sise\" is no setting; did you mean howdah.test.size?",
                                "HOWDAH_TEST_WAITT is no setting; did you mean HOWDAH_TEST_WAIT?")
                        .doesNotContain("hunter2"));
        assertThat(configuration.effective().toString()).doesNotContain("hunter2");
    }

    @Test
    void readsASecretFromAFile() throws Exception {
        var file = Files.writeString(directory.resolve("password"), "hunter2\n");
        var configuration = Configuration.load(Map.of(), Map.of("HOWDAH_TEST_PASSWORD_FILE", file.toString()),
                directory.resolve("none"));
        assertThat(configuration.get(PASSWORD)).isEqualTo("hunter2");
        configuration.check();
    }

    @Test
    void readsDurations() {
        for (var text : Map.of("250ms", Duration.ofMillis(250), "30", Duration.ofSeconds(30), "15m",
                Duration.ofMinutes(15), "2h", Duration.ofHours(2), "7d", Duration.ofDays(7), "PT1M30S",
                Duration.ofSeconds(90)).entrySet()) {
            assertThat(Configuration.of(Map.of("howdah.test.wait", text.getKey())).get(WAIT))
                    .isEqualTo(text.getValue());
        }
        for (var text : List.of("", "s", "-5s", "5 weeks", "99999999999999999999s", "PT-1S")) {
            var configuration = Configuration.of(Map.of("howdah.test.wait", text));
            configuration.get(WAIT);
            assertThatThrownBy(configuration::check).as(text).isInstanceOf(ConfigurationException.class);
        }
    }

    @Test
    void refusesAFileThatIsNoYaml() throws Exception {
        var yaml = Files.writeString(directory.resolve("howdah.yml"), "howdah: [");
        assertThatThrownBy(() -> Configuration.load(Map.of(), Map.of(), yaml))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("howdah.yml");
    }

    @Test
    void readsWhereTheDatabaseIs() {
        assertThat(database(Map.of())).isEqualTo("jdbc:postgresql://:5432/howdah howdah ");
        assertThat(database(Map.of("POSTGRES_HOST", "db", "POSTGRES_PORT", "6432", "POSTGRES_DB", "app",
                "POSTGRES_USER", "me", "POSTGRES_PASSWORD", "pw"))).isEqualTo("jdbc:postgresql://db:6432/app me pw");
        assertThat(database(Map.of("POSTGRES_DSN", "postgresql://me:p%40ss+1@db:6432/app?sslmode=require")))
                .isEqualTo("jdbc:postgresql://db:6432/app?sslmode=require me p@ss+1");
        assertThat(database(Map.of("DATABASE_URL", "postgres://db1:1,db2:2/app", "PGUSER", "me")))
                .startsWith("jdbc:postgresql://db1:1,db2:2/app?targetServerType=primary&").endsWith(" me ");
        assertThat(database(Map.of("HOWDAH_DATABASE_URL", "jdbc:postgresql://db/app")))
                .isEqualTo("jdbc:postgresql://db/app howdah ");
        var wrong = Configuration.load(Map.of(), Map.of("POSTGRES_DSN", "mysql://me:hunter2@db/app",
                "POSTGRES_MAX_CONNECTIONS", "5", "POSTGRES_MIN_CONNECTIONS", "9"),
                directory.resolve("none"));
        DatabaseSettings.from(wrong);
        assertThatThrownBy(wrong::check).message().contains("the database URL cannot be read",
                "pool-min-idle is 9 and pool-max 5").doesNotContain("hunter2");
    }

    private String database(Map<String, String> environment) {
        var configuration = Configuration.load(Map.of(), environment, directory.resolve("none"));
        var settings = DatabaseSettings.from(configuration);
        configuration.check();
        assertThat(settings.toString())
                .doesNotContain(settings.password().isEmpty() ? "password=" : settings.password());
        return settings.url() + " " + settings.user() + " " + settings.password();
    }
}
