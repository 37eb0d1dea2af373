package dev.howdah.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads server-sent events, whose data is JSON. */
final class ServerSentEvents implements BindingClient.Events {
    private final BufferedReader lines;
    private final UnaryOperator<JsonNode> unwrap;
    private String lastId = "";

    /**
     * Reads a body.
     *
     * @param unwrap takes out of the data what the binding puts around it
     */
    ServerSentEvents(InputStream body, UnaryOperator<JsonNode> unwrap) {
        this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        this.unwrap = unwrap;
    }

    @Override
    public Optional<JsonNode> next() throws IOException {
        lastId = "";
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("id: ")) {
                lastId = line.substring(4);
            } else if (line.startsWith("data: ")) {
                return Optional.of(unwrap.apply(JsonMapper.shared().readTree(line.substring(6))));
            }
        }
        return Optional.empty();
    }

    @Override
    public String lastId() {
        return lastId;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
