package dev.howdah.agent.conformance;

import dev.howdah.agent.mcp.McpResources;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Resources that never change. */
final class ConformanceResources implements McpResources {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String TEMPLATE = "test://template/{id}/data";
    private static final Pattern FROM_TEMPLATE = Pattern.compile("test://template/([^/]+)/data");
    private static final Map<String, ObjectNode> CONTENTS = Map.of(
            "test://static-text", text("text/plain", "This is the content of the static text resource."),
            "test://static-binary", JSON.createObjectNode().put("mimeType", "image/png").put("blob", Samples.PNG),
            "test://watched-resource", text("text/plain", "Watched resource content."));

    private static ObjectNode text(String type, String text) {
        return JSON.createObjectNode().put("mimeType", type).put("text", text);
    }

    @Override
    public Part list(Optional<String> cursor, int limit) {
        return new Part(CONTENTS.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(entry -> JSON.createObjectNode().put("uri", entry.getKey())
                        .put("name", entry.getKey().substring("test://".length())).put("description", "For testing.")
                        .put("mimeType", entry.getValue().path("mimeType").asString()))
                .toList(), Optional.empty());
    }

    @Override
    public List<ObjectNode> templates() {
        return List.of(JSON.createObjectNode().put("uriTemplate", TEMPLATE).put("name", "template")
                .put("description", "For testing.").put("mimeType", "application/json"));
    }

    @Override
    public Optional<ObjectNode> read(String uri) {
        var matcher = FROM_TEMPLATE.matcher(uri);
        if (matcher.matches()) {
            var id = matcher.group(1);
            return Optional.of(text("application/json", JSON.createObjectNode().put("id", id).put("templateTest", true)
                    .put("data", "Data for ID: " + id).toString()).put("uri", uri));
        }
        return Optional.ofNullable(CONTENTS.get(uri)).map(content -> content.deepCopy().put("uri", uri));
    }

    @Override
    public Map<String, String> versions(Collection<String> uris) {
        return uris.stream().filter(CONTENTS::containsKey).collect(Collectors.toMap(uri -> uri, uri -> "1"));
    }

    @Override
    public String listVersion() {
        return "1";
    }

    @Override
    public Optional<List<String>> complete(String template, String variable, String prefix,
            Map<String, String> context, int limit) {
        return template.equals(TEMPLATE) ? Optional.of(List.of()) : Optional.empty();
    }
}
