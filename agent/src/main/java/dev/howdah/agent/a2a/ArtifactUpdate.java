package dev.howdah.agent.a2a;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A task has made something, or a further piece of it.
 *
 * @param append whether the parts go behind those of the artifact with the same id
 * @param lastChunk whether nothing more is to come for it
 */
public record ArtifactUpdate(String taskId, String contextId, Artifact artifact, boolean append, boolean lastChunk,
        Optional<ObjectNode> metadata) implements StreamItem {}
