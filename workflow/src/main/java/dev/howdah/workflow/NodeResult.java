package dev.howdah.workflow;

import java.util.List;
import java.util.OptionalDouble;
import tools.jackson.databind.JsonNode;

/**
 * What a node has made.
 *
 * @param output any JSON; what later nodes see as {@code outputs.<node>}
 * @param quality 0 to 1, which a quality gate compares with its threshold
 * @param artifacts stored with the output, all or none
 */
public record NodeResult(JsonNode output, OptionalDouble quality, List<NewArtifact> artifacts) implements NodeAnswer {
    public NodeResult {
        artifacts = List.copyOf(artifacts);
    }

    /** An output and nothing else. */
    public static NodeResult of(JsonNode output) {
        return new NodeResult(output, OptionalDouble.empty(), List.of());
    }

    public NodeResult withQuality(double score) {
        return new NodeResult(output, OptionalDouble.of(score), artifacts);
    }

    public NodeResult withArtifacts(List<NewArtifact> made) {
        return new NodeResult(output, quality, made);
    }
}
