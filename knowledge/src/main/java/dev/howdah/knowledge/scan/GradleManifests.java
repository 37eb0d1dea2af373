package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Manifests.BrokenManifest;
import dev.howdah.knowledge.scan.Manifests.ManifestReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gradle's build scripts in Groovy and Kotlin and its version catalogs. Scripts are programs; what is read are dependencies
 * in the usual notations, with versions from gradle.properties, from {@code ext} and from the catalog.
 */
final class GradleManifests implements ManifestReader {
    private static final String SCOPE = "(?<![\\w.])(\\w*(?:[iI]mplementation|[aA]pi|[cC]ompileOnly|[rR]untimeOnly|"
            + "[aA]nnotationProcessor|kapt|ksp|classpath|compile|testCompile|platform))";
    private static final Pattern NOTATION = Pattern.compile(SCOPE
            + "\\s*\\(?\\s*(?:(?:enforcedP|p)latform\\s*\\(?\\s*)?[\"']([\\w.-]+:[\\w.-]+)(?::([^\"':@]+))?[^\"']*[\"']");
    private static final Pattern MAP = Pattern.compile(SCOPE
            + "\\s*\\(?\\s*group\\s*[:=]\\s*[\"']([^\"']+)[\"']\\s*,\\s*name\\s*[:=]\\s*[\"']([^\"']+)[\"'](?:\\s*,\\s*version\\s*[:=]\\s*[\"']([^\"']+)[\"'])?");
    private static final Pattern ALIAS = Pattern
            .compile(SCOPE + "\\s*\\(?\\s*(?:(?:enforcedP|p)latform\\s*\\(?\\s*)?libs\\.([\\w.]+)");
    private static final Pattern PLUGIN = Pattern
            .compile("(?<![\\w.])id\\s*\\(?\\s*[\"']([\\w.-]+)[\"']\\s*\\)?\\s*version\\s*\\(?\\s*[\"']([^\"']+)[\"']");
    private static final Pattern VARIABLE = Pattern
            .compile("(?m)^\\s*(?:(?:def|val|ext\\.|set)\\s*)?([A-Za-z][\\w.]*)\\s*=\\s*[\"']?([\\w.+-]+)[\"']?\\s*$");
    private static final Pattern USE = Pattern.compile("\\$\\{?([\\w.]+)}?");
    private final Map<String, String> variables = new HashMap<>();
    private final Map<String, Library> catalog = new HashMap<>();
    private final List<Use> uses = new ArrayList<>();

    private record Library(String name, String version) {}

    /** A dependency whose version or name may be told in another file. */
    private record Use(String scope, Optional<String> alias, String name, String version, String path) {}

    @Override
    public boolean reads(SourceFile file) {
        return file.name().endsWith(".gradle") || file.name().endsWith(".gradle.kts")
                || file.name().endsWith(".versions.toml") || file.name().equals("gradle.properties");
    }

    @Override
    public void read(SourceFile file, Manifests found) throws BrokenManifest {
        if (file.name().endsWith(".toml")) {
            catalog(file, found);
        } else {
            VARIABLE.matcher(file.text()).results()
                    .forEach(match -> variables.putIfAbsent(match.group(1), match.group(2)));
            if (!file.name().equals("gradle.properties")) {
                script(file, found);
            }
        }
    }

    private void script(SourceFile file, Manifests found) {
        found.manifest(file.path(), "maven", "", "");
        var text = file.code().withStrings();
        NOTATION.matcher(text).results().forEach(match -> uses.add(new Use(match.group(1), Optional.empty(),
                match.group(2), match.group(3) == null ? "" : match.group(3), file.path())));
        MAP.matcher(text).results().forEach(match -> uses.add(new Use(match.group(1), Optional.empty(),
                match.group(2) + ":" + match.group(3), match.group(4) == null ? "" : match.group(4), file.path())));
        ALIAS.matcher(text).results().forEach(match -> uses
                .add(new Use(match.group(1), Optional.of(match.group(2)), "", "", file.path())));
        PLUGIN.matcher(text).results().forEach(match -> uses.add(new Use("plugin", Optional.empty(), match.group(1),
                match.group(2), file.path())));
    }

    private void catalog(SourceFile file, Manifests found) throws BrokenManifest {
        found.manifest(file.path(), "maven", "", "");
        var versions = new HashMap<String, String>();
        var entries = Toml.parse(file.text());
        for (var entry : entries) {
            if (entry.table().equals("versions")) {
                versions.put(entry.key(), entry.text());
            }
        }
        for (var entry : entries) {
            if (entry.table().equals("libraries") || entry.table().equals("plugins")) {
                var library = library(entry, versions);
                catalog.put(entry.key().replaceAll("[-_]", "."), library);
                found.dependency("maven", library.name, library.version,
                        entry.table().equals("plugins") ? "plugin" : "catalog", file.path());
            }
        }
    }

    private static Library library(Toml.Entry entry, Map<String, String> versions) {
        if (!entry.isInlineTable()) {
            var parts = entry.text().split(":", -1);
            return parts.length < 2
                    ? new Library(entry.text(), "")
                    : new Library(parts[0] + ":" + parts[1], parts.length > 2 ? parts[2] : "");
        }
        var name = entry.member("module").isEmpty()
                ? entry.member("id").isEmpty() ? entry.member("group") + ":" + entry.member("name") : entry.member("id")
                : entry.member("module");
        var version = entry.member("version").isEmpty()
                ? versions.getOrDefault(entry.member("version.ref"), "")
                : entry.member("version");
        return new Library(name, version);
    }

    @Override
    public void finish(Manifests found) {
        for (var use : uses) {
            var library = use.alias.map(alias -> catalog.get(alias.replaceFirst("\\.get$", "")));
            if (use.alias.isEmpty()) {
                found.dependency("maven", use.name, resolve(use.version), use.scope, use.path);
            } else if (library.isPresent()) {
                found.dependency("maven", library.get().name, library.get().version, use.scope, use.path);
            }
        }
    }

    private String resolve(String version) {
        return USE.matcher(version).replaceAll(match -> Matcher
                .quoteReplacement(variables.getOrDefault(
                        match.group(1).replaceFirst("^(?:ext|project|rootProject)\\.", ""), match.group())));
    }
}
