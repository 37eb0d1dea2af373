package dev.howdah.agent.triage;

import dev.howdah.knowledge.RelationshipType;

import java.util.List;
import java.util.Map;

/**
 * One edge: the target depends on the source.
 *
 * @param description of the dependency, for people and models
 * @param interfaceFiles of the target that use the source's interface (consumers)
 * @param changeTriggers kinds of change that matter: api_contract, authentication, deployment, configuration, endpoints
 * @param urgencyMapping which urgency a trigger means, by trigger
 * @param sharedConcerns what follows the template (forks)
 * @param divergentConcerns what went its own way (forks)
 * @param syncStrategy how a fork takes changes over; {@code selective} unless said otherwise
 */
public record Relationship(String sourceRepo, String targetRepo, RelationshipType type, String description,
        List<String> interfaceFiles, List<String> changeTriggers, Map<String, Urgency> urgencyMapping,
        List<String> sharedConcerns, List<String> divergentConcerns, String syncStrategy, boolean bidirectional) {
    public Relationship {
        interfaceFiles = List.copyOf(interfaceFiles);
        changeTriggers = List.copyOf(changeTriggers);
        urgencyMapping = Map.copyOf(urgencyMapping);
        sharedConcerns = List.copyOf(sharedConcerns);
        divergentConcerns = List.copyOf(divergentConcerns);
    }
}
