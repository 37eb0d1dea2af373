package dev.howdah.agent.mcp;

import dev.howdah.agent.a2a.Artifact;
import dev.howdah.agent.a2a.Part;
import dev.howdah.agent.a2a.Part.Content;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What skills make, as blocks of content. */
final class McpContent {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String ARTIFACT = "howdah://artifacts/";

    private McpContent() {}

    static ObjectNode of(Artifact artifact, Part part) {
        return switch (part.content()) {
            case Content.Text(var text) -> text(text);
            case Content.Data(var data) -> text(data.toString());
            case Content.Url(var url) -> {
                var link = JSON.createObjectNode().put("type", "resource_link").put("uri", url)
                        .put("name", part.filename().or(artifact::name).orElse(artifact.artifactId()));
                part.mediaType().ifPresent(type -> link.put("mimeType", type));
                yield link;
            }
            case Content.Raw(var base64) -> raw(artifact, part, base64);
        };
    }

    private static ObjectNode raw(Artifact artifact, Part part, String base64) {
        var type = part.mediaType().orElse("application/octet-stream");
        if (type.startsWith("image/") || type.startsWith("audio/")) {
            return JSON.createObjectNode().put("type", type.substring(0, type.indexOf('/'))).put("data", base64)
                    .put("mimeType", type);
        }
        var block = JSON.createObjectNode().put("type", "resource");
        block.putObject("resource").put("uri", ARTIFACT + URLEncoder.encode(artifact.artifactId() + "/"
                + part.filename().orElse(""), StandardCharsets.UTF_8)).put("mimeType", type).put("blob", base64);
        return block;
    }

    private static ObjectNode text(String text) {
        return JSON.createObjectNode().put("type", "text").put("text", text);
    }
}
