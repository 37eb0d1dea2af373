package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Manifests.BrokenManifest;
import dev.howdah.knowledge.scan.Manifests.ManifestReader;
import java.util.regex.Pattern;

/** Cargo.toml of Rust. */
final class CargoManifests implements ManifestReader {
    private static final Pattern TABLE = Pattern
            .compile("(?:workspace\\.|target\\..+\\.)?((?:dev-|build-)?dependencies)(?:\\.(.+))?");

    @Override
    public boolean reads(SourceFile file) {
        return file.name().equals("Cargo.toml");
    }

    @Override
    public void read(SourceFile file, Manifests found) throws BrokenManifest {
        var name = "";
        var version = "";
        for (var entry : Toml.parse(file.text())) {
            var table = TABLE.matcher(entry.table());
            if (entry.table().equals("package")) {
                name = entry.key().equals("name") ? entry.text() : name;
                version = entry.key().equals("version") ? entry.text() : version;
            } else if (table.matches()) {
                dependency(entry, table.group(1), table.group(2) == null ? "" : table.group(2), file, found);
            }
        }
        found.manifest(file.path(), "cargo", name, version);
    }

    private static void dependency(Toml.Entry entry, String scope, String named, SourceFile file, Manifests found) {
        if (named.isEmpty()) {
            var key = entry.key().replaceFirst("\\.(?:workspace|version)$", "");
            found.dependency("cargo", key, entry.isInlineTable()
                    ? entry.member("version")
                    : entry.value().equals("true") ? "" : entry.text(), scope, file.path());
        } else if (entry.key().equals("version")) { // [dependencies.serde]
            found.dependency("cargo", named, entry.text(), scope, file.path());
        }
    }
}
