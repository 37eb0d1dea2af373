package dev.howdah.workflow;

import java.nio.charset.StandardCharsets;

/**
 * Something that a node made for people or later nodes, small enough to be held in memory; large ones are streamed through
 * {@link Artifacts}.
 *
 * @param type what it is to the workflow, such as {@code document}, {@code code} or {@code report}
 * @param name a file name, at most 255 characters
 * @param contentType its media type
 */
@SuppressWarnings("ArrayRecordComponent") // copied on the way in and out
public record NewArtifact(String type, String name, String description, String contentType, byte[] content) {
    public NewArtifact {
        content = content.clone();
    }

    /** A text in UTF-8. */
    public static NewArtifact text(String type, String name, String contentType, String content) {
        return new NewArtifact(type, name, "", contentType, content.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public byte[] content() {
        return content.clone();
    }
}
