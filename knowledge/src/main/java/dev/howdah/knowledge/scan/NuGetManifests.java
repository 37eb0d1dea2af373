package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Manifests.BrokenManifest;
import dev.howdah.knowledge.scan.Manifests.ManifestReader;
import java.util.HashMap;
import java.util.Map;
import org.w3c.dom.Element;

/** NuGet: project files, packages.config and central versions in Directory.Packages.props. */
final class NuGetManifests implements ManifestReader {
    private final Map<String, String> central = new HashMap<>();
    private final Map<String, Map<String, String>> references = new HashMap<>();

    @Override
    public boolean reads(SourceFile file) {
        return file.name().matches(".*\\.(?:cs|fs|vb)proj|packages\\.config|Directory\\.(?:Packages|Build)\\.props");
    }

    @Override
    public void read(SourceFile file, Manifests found) throws BrokenManifest {
        var root = Xml.parse(file.text());
        if (file.name().equals("packages.config")) {
            for (var reference : Xml.children(root, "package")) {
                found.dependency("nuget", reference.getAttribute("id"), reference.getAttribute("version"), "package",
                        file.path());
            }
        }
        for (var group : Xml.children(root, "ItemGroup")) {
            for (var reference : Xml.children(group, "PackageReference")) {
                references.computeIfAbsent(file.path(), path -> new HashMap<>()).put(reference.getAttribute("Include"),
                        version(reference));
            }
            for (var version : Xml.children(group, "PackageVersion")) {
                central.put(version.getAttribute("Include"), version(version));
            }
        }
        var properties = Xml.child(root, "PropertyGroup");
        found.manifest(file.path(), "nuget", properties.map(group -> Xml.text(group, "AssemblyName")).orElse(""),
                properties.map(group -> Xml.text(group, "Version")).orElse(""));
    }

    private static String version(Element reference) {
        var version = reference.getAttribute("Version");
        return version.isEmpty() ? Xml.text(reference, "Version") : version;
    }

    @Override
    public void finish(Manifests found) {
        references.forEach((path, packages) -> packages.forEach((name, version) -> found.dependency("nuget", name,
                version.isEmpty() ? central.getOrDefault(name, "") : version, "package", path)));
    }
}
