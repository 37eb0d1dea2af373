package dev.howdah.agent.triage;

import dev.howdah.knowledge.RelationshipType;
import dev.howdah.knowledge.RepositoryName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * A relationships file: which repositories depend on which, by source repository.
 *
 * @param relationships all edges
 * @param locations where local clones are, by repository
 */
public record RelationshipDocument(List<Relationship> relationships, Map<String, String> locations) {
    private static final int EDGES_MAX = 10_000;

    public RelationshipDocument {
        relationships = List.copyOf(relationships);
        locations = Map.copyOf(locations);
    }

    /**
     * Reads {@code {"relationships": {"owner/name": {"consumers": […], "derivatives": […]}}}}.
     *
     * @throws dev.howdah.postgres.InvalidInputException if anything is wrong; lists every fault by JSON pointer
     */
    public static RelationshipDocument of(JsonNode json) {
        var reader = JsonReader.of(json);
        if (!reader.has("relationships")) {
            reader.fault("relationships", "is missing", "add an object with an entry per source repository");
        }
        var sources = reader.object("relationships");
        var edges = new ArrayList<Relationship>();
        var locations = new TreeMap<String, String>();
        var seen = new HashSet<List<Object>>();
        for (var source : sources.names()) {
            var entry = sources.object(source);
            if (!RepositoryName.isValid(source)) {
                entry.fault("", "\"" + source + "\" is no repository", TriageJson.REPOSITORY_REMEDY);
            }
            if (entry.has("location")) {
                locations.put(source, entry.text("location"));
            }
            for (var type : RelationshipType.values()) {
                for (var target : entry.objects(type == RelationshipType.API_CONSUMER ? "consumers" : "derivatives")) {
                    var edge = TriageJson.relationship(source, target, type);
                    if (!seen.add(List.of(source, edge.targetRepo(), type))) {
                        target.fault("", source + " → " + edge.targetRepo() + " stands here a second time",
                                "merge the two entries");
                    }
                    if (target.has("location")) {
                        locations.put(edge.targetRepo(), target.text("location"));
                    }
                    edges.add(edge);
                }
            }
        }
        if (edges.size() > EDGES_MAX) {
            reader.fault("relationships", "has " + edges.size() + " entries",
                    "import at most " + EDGES_MAX + " at once");
        }
        reader.check("relationships-invalid");
        return new RelationshipDocument(edges, locations);
    }
}
