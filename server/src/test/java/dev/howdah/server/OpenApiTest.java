package dev.howdah.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The console's client is typed by a copy of the API's description. */
class OpenApiTest {
    private static final Path COPY = Path.of("../console/openapi.json");
    /** One value a line, so that changes are seen as such. */
    private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .defaultPrettyPrinter(new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER).withObjectEmptySeparator("")
                    .withArrayEmptySeparator("")).withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE))
            .enable(SerializationFeature.INDENT_OUTPUT).build();

    @Test
    void theConsoleKnowsTheApiAsItIs() throws IOException {
        String served;
        try (var server = TestServer.start(Map.of(), false)) {
            var description = (ObjectNode) server.get("/docs/openapi").json();
            description.remove("servers"); // this server's port
            ((ObjectNode) description.path("info")).put("version", "any");
            served = JSON.writeValueAsString(JSON.treeToValue(description, Object.class)) + "\n";
        }
        if (Boolean.getBoolean("howdah.openapi.write")) {
            Files.writeString(COPY, served);
        }
        assertThat(Files.readString(COPY)).as("write it anew with: ./howdah openapi").isEqualTo(served);
    }
}
