package dev.howdah.sessions;

import dev.howdah.postgres.EncryptionKeys;
import dev.howdah.postgres.UnavailableException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Attributes as they are stored: an object, each of whose values is encrypted by itself if there are keys, so that single
 * ones can be replaced without reading the others. Bound to the session and the name, an encrypted value cannot be opened in
 * another place. Names are not encrypted. Thread-safe.
 */
final class AttributeCodec {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String DATA = "data";

    private final EncryptionKeys keys;

    AttributeCodec(EncryptionKeys keys) {
        this.keys = keys;
    }

    /** Whether values are encrypted from now on. */
    boolean isEncrypting() {
        return keys.current().isPresent();
    }

    String encode(UUID handle, Map<String, JsonNode> attributes) {
        var json = JSON.createObjectNode();
        attributes.forEach((name, value) -> json.set(name, keys.current().map(key -> seal(key, handle, name, value))
                .orElse(value)));
        return json.toString();
    }

    private JsonNode seal(String key, UUID handle, String name, JsonNode value) {
        var data = keys.encrypt(key, place(handle, name), value.toString().getBytes(StandardCharsets.UTF_8));
        return JSON.createObjectNode().put(Checks.SEALED, key)
                .put(DATA, Base64.getEncoder().encodeToString(data));
    }

    /** @throws UnavailableException if a value cannot be opened */
    Map<String, JsonNode> decode(UUID handle, String stored) {
        var attributes = new HashMap<String, JsonNode>();
        JSON.readTree(stored).properties().forEach(attribute -> attributes.put(attribute.getKey(),
                attribute.getValue().has(Checks.SEALED)
                        ? open(handle, attribute.getKey(), attribute.getValue())
                        : attribute.getValue()));
        return attributes;
    }

    private JsonNode open(UUID handle, String name, JsonNode sealed) {
        var key = sealed.path(Checks.SEALED).asString("");
        try {
            var data = keys.decrypt(key, place(handle, name), Base64.getDecoder().decode(sealed.path(DATA)
                    .asString("")));
            return JSON.readTree(data);
        } catch (GeneralSecurityException | IllegalArgumentException | JacksonException e) {
            throw new UnavailableException("session-sealed", "the attribute \"" + name + "\" of the session " + handle
                    + " cannot be opened with the key \"" + key + "\"",
                    "keep every key in " + SessionSettings.ENCRYPTION_KEYS.name()
                            + " that sessions were written with; if it is there, the row was changed",
                    e);
        }
    }

    private static String place(UUID handle, String name) {
        return handle + "/" + name;
    }
}
