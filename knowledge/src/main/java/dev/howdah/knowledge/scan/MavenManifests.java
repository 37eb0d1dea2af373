package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Manifests.BrokenManifest;
import dev.howdah.knowledge.scan.Manifests.ManifestReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.w3c.dom.Element;

/**
 * Maven's pom.xml. Properties and managed versions come from the file itself and from its parents as far as they are in the
 * repository; they are resolved when all files were read.
 */
final class MavenManifests implements ManifestReader {
    private static final Pattern PROPERTY = Pattern.compile("\\$\\{([^}]{1,200})}");
    private static final int PARENTS_MAX = 20;
    private static final int PROPERTIES_DEPTH_MAX = 10;
    private final Map<String, Pom> poms = new TreeMap<>();

    /** Coordinates as they are written. */
    private record Reference(String group, String artifact, String version, String scope) {
        String name() {
            return group.isEmpty() ? artifact : group + ":" + artifact;
        }
    }

    /** What is needed of a pom. */
    private record Pom(String path, Reference self, Optional<Reference> parent, Map<String, String> properties,
            List<Reference> managed, List<Reference> dependencies) {}

    @Override
    public boolean reads(SourceFile file) {
        return file.name().equals("pom.xml");
    }

    @Override
    public void read(SourceFile file, Manifests found) throws BrokenManifest {
        var project = Xml.parse(file.text());
        if (!project.getTagName().equals("project")) {
            throw new BrokenManifest("its root is <" + project.getTagName() + "> and not <project>");
        }
        var properties = new HashMap<String, String>();
        Xml.child(project, "properties").ifPresent(element -> Xml.children(element)
                .forEach(child -> properties.put(child.getTagName(), child.getTextContent().strip())));
        var parent = Xml.child(project, "parent").map(element -> reference(element, "parent"));
        var self = reference(project, "");
        var managed = Xml.child(project, "dependencyManagement").map(element -> dependencies(element, "managed"))
                .orElse(List.of());
        var dependencies = new ArrayList<>(dependencies(project, "compile"));
        for (var profile : Xml.child(project, "profiles").map(element -> Xml.children(element, "profile"))
                .orElse(List.of())) {
            dependencies.addAll(dependencies(profile, "compile"));
        }
        Xml.child(project, "build").flatMap(build -> Xml.child(build, "plugins")).ifPresent(plugins -> {
            for (var plugin : Xml.children(plugins, "plugin")) {
                dependencies.add(reference(plugin, "plugin"));
            }
        });
        poms.put(file.path(), new Pom(file.path(), self, parent, Map.copyOf(properties), managed,
                List.copyOf(dependencies)));
    }

    private static List<Reference> dependencies(Element parent, String scope) {
        return Xml.child(parent, "dependencies").map(element -> Xml.children(element, "dependency")).orElse(List.of())
                .stream().map(dependency -> reference(dependency, scope)).toList();
    }

    private static Reference reference(Element element, String scope) {
        var told = Xml.text(element, "scope");
        return new Reference(Xml.text(element, "groupId"), Xml.text(element, "artifactId"),
                Xml.text(element, "version"), told.isEmpty() || scope.equals("plugin") ? scope : told);
    }

    @Override
    public void finish(Manifests found) {
        for (var pom : poms.values()) {
            var line = lineage(pom);
            found.manifest(pom.path, "maven", resolve(coordinates(pom).name(), line),
                    resolve(coordinates(pom).version, line));
            pom.parent.ifPresent(parent -> add(parent, line, found));
            pom.managed.forEach(reference -> add(reference, line, found));
            pom.dependencies.forEach(reference -> add(reference, line, found));
        }
    }

    private static void add(Reference reference, List<Pom> line, Manifests found) {
        var version = reference.version.isEmpty() ? managedVersion(reference, line) : reference.version;
        found.dependency("maven", resolve(reference.name(), line), resolve(version, line), reference.scope,
                line.getFirst().path);
    }

    private static String managedVersion(Reference reference, List<Pom> line) {
        return line.stream().flatMap(pom -> pom.managed.stream())
                .filter(managed -> managed.artifact.equals(reference.artifact)
                        && resolve(managed.group, line).equals(resolve(reference.group, line)))
                .map(Reference::version).filter(version -> !version.isEmpty()).findFirst().orElse("");
    }

    /** The pom and its parents within the repository. */
    private List<Pom> lineage(Pom pom) {
        var line = new ArrayList<Pom>();
        var next = Optional.of(pom);
        while (next.isPresent() && line.size() < PARENTS_MAX && !line.contains(next.get())) {
            line.add(next.get());
            next = next.get().parent.flatMap(parent -> poms.values().stream()
                    .filter(other -> coordinates(other).artifact.equals(parent.artifact)
                            && coordinates(other).group.equals(parent.group))
                    .findFirst());
        }
        return line;
    }

    /** Group and version are the parent's unless the pom tells its own. */
    private static Reference coordinates(Pom pom) {
        var parent = pom.parent.orElse(new Reference("", "", "", ""));
        return new Reference(pom.self.group.isEmpty() ? parent.group : pom.self.group, pom.self.artifact,
                pom.self.version.isEmpty() ? parent.version : pom.self.version, "");
    }

    private static String resolve(String text, List<Pom> line) {
        var resolved = text;
        for (int depth = 0; depth < PROPERTIES_DEPTH_MAX && resolved.contains("${"); depth++) {
            resolved = PROPERTY.matcher(resolved)
                    .replaceAll(
                            match -> Matcher.quoteReplacement(property(match.group(1), line).orElse(match.group())));
        }
        return resolved;
    }

    private static Optional<String> property(String name, List<Pom> line) {
        var self = coordinates(line.getFirst());
        return switch (name) {
            case "project.version", "pom.version" -> Optional.of(self.version);
            case "project.groupId", "pom.groupId" -> Optional.of(self.group);
            case "project.artifactId" -> Optional.of(self.artifact);
            case "project.parent.version" -> line.getFirst().parent.map(Reference::version);
            default -> line.stream().flatMap(pom -> Optional.ofNullable(pom.properties.get(name)).stream())
                    .findFirst();
        };
    }
}
