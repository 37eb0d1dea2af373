package dev.howdah.agent.a2a;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that a task has made.
 *
 * @param artifactId unique within its task
 * @param parts at least one
 */
public record Artifact(String artifactId, Optional<String> name, Optional<String> description, List<Part> parts,
        Optional<ObjectNode> metadata, List<String> extensions) {
    public Artifact {
        parts = List.copyOf(parts);
        extensions = List.copyOf(extensions);
    }

    public static Artifact of(String artifactId, String name, List<Part> parts) {
        return new Artifact(artifactId, Optional.of(name), Optional.empty(), parts, Optional.empty(), List.of());
    }

    /** This one with the parts of a further chunk behind its own. */
    public Artifact append(Artifact chunk) {
        return new Artifact(artifactId, name, description, Stream.concat(parts.stream(), chunk.parts.stream()).toList(),
                metadata, extensions);
    }
}
