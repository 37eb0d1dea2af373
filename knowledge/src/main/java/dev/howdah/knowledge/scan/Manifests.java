package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Dependency;
import dev.howdah.knowledge.scan.Analysis.Manifest;
import dev.howdah.knowledge.scan.Analysis.Warning;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Collects what manifests say. A broken one is noted and passed over. */
final class Manifests {
    private static final int TEXT_MAX = 300;
    private final List<ManifestReader> readers = List.of(new MavenManifests(), new GradleManifests(),
            new JsonManifests(), new PythonManifests(), new LineManifests(), new CargoManifests(),
            new NuGetManifests());
    private final List<Manifest> manifests = new ArrayList<>();
    private final TreeSet<Dependency> dependencies = new TreeSet<>(Comparator.comparing(Dependency::ecosystem)
            .thenComparing(Dependency::name).thenComparing(Dependency::manifest).thenComparing(Dependency::scope)
            .thenComparing(Dependency::version));
    private final List<Warning> warnings = new ArrayList<>();

    /** A manifest cannot be understood. */
    static final class BrokenManifest extends Exception {
        private final String reason;

        BrokenManifest(String reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** Reads the manifests of one kind of build. */
    interface ManifestReader {
        boolean reads(SourceFile file);

        void read(SourceFile file, Manifests found) throws BrokenManifest;

        /** All files were read: resolves what one says about another. */
        default void finish(Manifests found) {}
    }

    void read(SourceFile file) {
        for (var reader : readers) {
            if (reader.reads(file)) {
                try {
                    reader.read(file, this);
                } catch (BrokenManifest e) {
                    warnings.add(new Warning(file.path(),
                            "broken manifest: " + Prose.cut(Prose.oneLine(e.reason), TEXT_MAX)));
                }
            }
        }
    }

    void finish() {
        readers.forEach(reader -> reader.finish(this));
    }

    void manifest(String path, String ecosystem, String name, String version) {
        manifests.add(
                new Manifest(path, ecosystem, Prose.cut(name.strip(), TEXT_MAX), Prose.cut(version.strip(), TEXT_MAX)));
    }

    void dependency(String ecosystem, String name, String version, String scope, String manifest) {
        if (!name.isBlank()) {
            dependencies.add(new Dependency(ecosystem, Prose.cut(name.strip(), TEXT_MAX),
                    Prose.cut(version.strip(), TEXT_MAX), Prose.cut(scope.strip(), TEXT_MAX), manifest));
        }
    }

    List<Manifest> manifests() {
        return manifests.stream().sorted(Comparator.comparing(Manifest::path)).toList();
    }

    List<Dependency> dependencies() {
        return List.copyOf(dependencies);
    }

    List<Warning> warnings() {
        return warnings;
    }
}
