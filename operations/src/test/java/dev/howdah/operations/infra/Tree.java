package dev.howdah.operations.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A made-up code base. */
record Tree(Path root) {
    Tree with(String file, String text) {
        try {
            var path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text(String file) {
        try {
            return Files.readString(root.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InfraReport scan() {
        return new InfraScan(Technologies.builtIn(), ScanLimits.DEFAULT).scan(root);
    }

    /** Findings as {@code file:line kind technology evidence}. */
    List<String> findings() {
        return scan().findings().stream().map(finding -> finding.file() + ":" + finding.line() + " "
                + finding.kind().name().toLowerCase(java.util.Locale.ROOT) + " " + finding.technology().id() + " "
                + finding.evidence()).toList();
    }
}
