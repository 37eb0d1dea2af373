package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Manifests.BrokenManifest;
import dev.howdah.knowledge.scan.Manifests.ManifestReader;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** package.json of npm and composer.json of Composer. */
final class JsonManifests implements ManifestReader {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final List<String> NPM_SCOPES = List.of("dependencies", "devDependencies", "peerDependencies",
            "optionalDependencies");
    private static final List<String> COMPOSER_SCOPES = List.of("require", "require-dev");

    @Override
    public boolean reads(SourceFile file) {
        return file.name().equals("package.json") || file.name().equals("composer.json");
    }

    @Override
    public void read(SourceFile file, Manifests found) throws BrokenManifest {
        var root = object(file.text());
        boolean isNpm = file.name().equals("package.json");
        var ecosystem = isNpm ? "npm" : "composer";
        found.manifest(file.path(), ecosystem, text(root.path("name")), text(root.path("version")));
        for (var scope : isNpm ? NPM_SCOPES : COMPOSER_SCOPES) {
            for (var dependency : root.path(scope).properties()) {
                if (isNpm || dependency.getKey().contains("/")) { // "php" and "ext-json" are no packages
                    found.dependency(ecosystem, dependency.getKey(), text(dependency.getValue()), scope, file.path());
                }
            }
        }
    }

    private static JsonNode object(String text) throws BrokenManifest {
        try {
            var root = MAPPER.readTree(text);
            if (!root.isObject()) {
                throw new BrokenManifest("it is no JSON object");
            }
            return root;
        } catch (JacksonException e) {
            throw new BrokenManifest(e.getOriginalMessage());
        }
    }

    private static String text(JsonNode node) {
        return node.isString() ? node.stringValue() : "";
    }
}
