package dev.howdah.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.cache.CacheSettings;
import dev.howdah.documents.DocumentSettings;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.ReplicaSettings;
import dev.howdah.postgres.Setting;
import dev.howdah.queue.QueueSettings;
import dev.howdah.sessions.SessionSettings;
import dev.howdah.workflow.WorkflowSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an editor knows of the properties: written anew with {@code -Dhowdah.test.write=true}. */
class MetadataTest {
    private static final Path FILE = Path.of("src/main/resources/META-INF/spring-configuration-metadata.json");
    private static final Map<String, Property> OWN = Map.of(
            "enabled", new Property("java.lang.Boolean", "true", "Whether anything of Howdah is configured."),
            "migrate", new Property("java.lang.Boolean", "true", "Whether the schema is brought up to date at start."),
            "worker", new Property("java.lang.Boolean", "true", "Whether this application runs tasks."),
            "await-database", new Property("java.time.Duration", "30s", "How long to wait for the database at start."),
            "embedded", new Property("java.nio.file.Path", "",
                    "Directory of an embedded PostgreSQL to use if no database is named; for development."),
            "trusted-packages", new Property("java.util.List<java.lang.String>", "", "Packages whose classes are read "
                    + "from caches and sessions, beside those of the application."));

    private record Property(String type, String value, String description) {
        static Property of(Setting<?> setting) {
            var type = switch (setting.defaultValue()) {
                case Duration _ -> "java.time.Duration";
                case Integer _ -> "java.lang.Integer";
                case Boolean _ -> "java.lang.Boolean";
                case Collection<?> _ -> "java.util.List<java.lang.String>";
                default -> "java.lang.String";
            };
            return new Property(type, setting.defaultText(), setting.description());
        }
    }

    private static Map<String, Property> properties() {
        var configuration = Configuration.of(_ -> Optional.empty());
        Stream.<Function<Configuration, ?>>of(DatabaseSettings::from, ReplicaSettings::from, QueueSettings::from,
                WorkflowSettings::from, CacheSettings::from, SessionSettings::from, DocumentSettings::from)
                .forEach(read -> assertThat((Object) read.apply(configuration)).isNotNull());
        var all = new TreeMap<String, Property>();
        configuration.effective().forEach(each -> all.put(each.setting().name(), Property.of(each.setting())));
        OWN.forEach((name, property) -> all.put("howdah.spring." + name, property));
        return all;
    }

    private static JsonNode metadata() {
        var json = JsonMapper.shared().createObjectNode();
        var array = json.putArray("properties");
        properties().forEach((name, property) -> {
            var entry = array.addObject().put("name", name).put("type", property.type).put("description",
                    property.description);
            if (!property.value.isEmpty()) {
                entry.put("defaultValue", property.value);
            }
        });
        return json;
    }

    @Test
    void theFileHasTheSettingsAsTheyAre() throws IOException {
        var text = metadata().toPrettyString() + "\n";
        if (Boolean.getBoolean("howdah.test.write")) {
            Files.writeString(FILE, text);
        }
        assertThat(Files.readString(FILE)).as("run: mvn -pl spring test -Dtest=MetadataTest -Dhowdah.test.write=true")
                .isEqualTo(text);
    }

    @Test
    void ownPropertiesAreThoseOfTheRecord() {
        var names = List.of(HowdahProperties.class.getRecordComponents()).stream()
                .map(component -> component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT));
        assertThat(names).containsExactlyInAnyOrderElementsOf(OWN.keySet());
    }
}
