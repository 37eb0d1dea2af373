package dev.howdah.server;

import dev.howdah.knowledge.RelationshipType;

import dev.howdah.agent.dependencies.Relationships;
import dev.howdah.agent.triage.Relationship;
import dev.howdah.agent.triage.RelationshipDocument;
import dev.howdah.agent.triage.TriageJson;
import dev.howdah.postgres.NotFoundException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

@RestController
@Tag(name = "Relationships")
final class RelationshipsController {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Relationships relationships;

    RelationshipsController(Relationships relationships) {
        this.relationships = relationships;
    }

    @GetMapping("/api/relationships")
    @Operation(summary = "All relationships, in the form that can be imported again")
    ObjectNode all() {
        var answer = JSON.createObjectNode().put("version", "1.0");
        var sources = answer.putObject("relationships");
        relationships.all().forEach((source, edges) -> sources.set(source, entry(edges)));
        return answer;
    }

    @GetMapping("/api/relationships/{owner}/{name}")
    @Operation(summary = "What depends on one repository")
    ObjectNode one(@PathVariable String owner, @PathVariable String name) {
        var repository = owner + "/" + name;
        if (!relationships.has(repository)) {
            throw new NotFoundException("repository-unknown", "no relationship names " + repository,
                    "see /api/relationships");
        }
        return entry(relationships.dependentsOf(repository)).put("repo", repository);
    }

    @PostMapping("/api/relationships")
    @Operation(summary = "Imports relationships: adds those that are new, updates the others, all or none")
    ObjectNode put(@RequestBody JsonNode body,
            @RequestParam(name = "allow_cycles", defaultValue = "false") boolean allowCycles) {
        var document = RelationshipDocument.of(body);
        var imported = relationships.put(document.relationships(), document.locations(), allowCycles);
        return JSON.createObjectNode().put("repositories", imported.repositories()).put("added", imported.added())
                .put("updated", imported.updated());
    }

    private static ObjectNode entry(List<Relationship> edges) {
        var entry = JSON.createObjectNode().put("type", "service_provider");
        var consumers = entry.putArray("consumers");
        var derivatives = entry.putArray("derivatives");
        edges.forEach(edge -> (edge.type() == RelationshipType.API_CONSUMER ? consumers : derivatives)
                .add(TriageJson.toJson(edge)));
        return entry;
    }
}
