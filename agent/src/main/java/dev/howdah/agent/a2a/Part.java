package dev.howdah.agent.a2a;

import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A piece of a message or an artifact.
 *
 * @param metadata for extensions
 * @param filename what a file is called
 * @param mediaType of the content, such as {@code text/plain}
 */
public record Part(Content content, Optional<ObjectNode> metadata, Optional<String> filename,
        Optional<String> mediaType) {

    /** Exactly one of four. */
    public sealed interface Content {
        /** Plain text. */
        record Text(String text) implements Content {}

        /**
         * Bytes of a file.
         *
         * @param base64 as they are written in JSON
         */
        record Raw(String base64) implements Content {
            public byte[] bytes() {
                return Base64.getDecoder().decode(base64);
            }
        }

        /** A file elsewhere. */
        record Url(String url) implements Content {}

        /** Any JSON. */
        record Data(JsonNode data) implements Content {}
    }

    public static Part text(String text) {
        return of(new Content.Text(text));
    }

    public static Part data(JsonNode data) {
        return of(new Content.Data(data));
    }

    /** A file with its bytes. */
    public static Part raw(byte[] bytes, String filename, String mediaType) {
        return new Part(new Content.Raw(Base64.getEncoder().encodeToString(bytes)), Optional.empty(),
                Optional.of(filename), Optional.of(mediaType));
    }

    /** A file elsewhere. */
    public static Part url(String url, String filename, String mediaType) {
        return new Part(new Content.Url(url), Optional.empty(), Optional.of(filename), Optional.of(mediaType));
    }

    private static Part of(Content content) {
        return new Part(content, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
