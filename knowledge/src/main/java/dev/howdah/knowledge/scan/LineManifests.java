package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Manifests.BrokenManifest;
import dev.howdah.knowledge.scan.Manifests.ManifestReader;
import java.util.regex.Pattern;

/** Manifests that are read line by line: go.mod of Go, Gemfile and gemspec of Ruby. */
final class LineManifests implements ManifestReader {
    private static final Pattern GO_MODULE = Pattern.compile("module\\s+(\\S+).*");
    private static final Pattern GO_REQUIRE = Pattern
            .compile("(?:require\\s+)?([\\w.-]+\\.[\\w.-]+(?:/\\S+)?)\\s+(v\\S+)(\\s*//\\s*indirect)?.*");
    private static final Pattern GEM = Pattern.compile(
            "(?:gem|\\w+\\.add_(development_|runtime_)?dependency)[ (]+[\"']([\\w.-]+)[\"'](?:\\s*,\\s*[\"']([^\"']*)[\"'])?.*");
    private static final Pattern GEM_GROUP = Pattern.compile("group\\s+:(\\w+).*do.*");

    @Override
    public boolean reads(SourceFile file) {
        return file.name().equals("go.mod") || file.name().equals("Gemfile") || file.name().endsWith(".gemspec");
    }

    @Override
    public void read(SourceFile file, Manifests found) throws BrokenManifest {
        if (file.name().equals("go.mod")) {
            go(file, found);
        } else {
            gems(file, found);
        }
    }

    private static void go(SourceFile file, Manifests found) throws BrokenManifest {
        var module = "";
        var block = "";
        for (var line : file.lines()) {
            var text = line.strip();
            var name = GO_MODULE.matcher(text);
            var require = GO_REQUIRE.matcher(text);
            if (name.matches()) {
                module = name.group(1);
            } else if (text.endsWith("(")) {
                block = text.substring(0, text.length() - 1).strip();
            } else if (text.equals(")")) {
                block = "";
            } else if (require.matches() && (block.equals("require") || text.startsWith("require "))) {
                found.dependency("go", require.group(1), require.group(2),
                        require.group(3) == null ? "require" : "indirect", file.path());
            }
        }
        if (module.isEmpty()) {
            throw new BrokenManifest("it names no module");
        }
        found.manifest(file.path(), "go", module, "");
    }

    private static void gems(SourceFile file, Manifests found) {
        found.manifest(file.path(), "rubygems", "", "");
        var group = "default";
        for (var line : file.lines()) {
            var text = line.strip();
            var opened = GEM_GROUP.matcher(text);
            var gem = GEM.matcher(text);
            if (opened.matches()) {
                group = opened.group(1);
            } else if (text.equals("end")) {
                group = "default";
            } else if (gem.matches()) {
                var isDevelopment = "development_".equals(gem.group(1));
                found.dependency("rubygems", gem.group(2), gem.group(3) == null ? "" : gem.group(3),
                        isDevelopment ? "development" : group, file.path());
            }
        }
    }
}
