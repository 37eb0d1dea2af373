package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Manifests.BrokenManifest;
import dev.howdah.knowledge.scan.Manifests.ManifestReader;
import java.util.List;
import java.util.regex.Pattern;

/** Python: requirements files, pyproject.toml (standard tables, Poetry, dependency groups), Pipfile and setup.cfg. */
final class PythonManifests implements ManifestReader {
    private static final Pattern REQUIREMENT = Pattern
            .compile(
                    "([A-Za-z0-9](?:[\\w.-]*[A-Za-z0-9])?)\\s*(?:\\[[^]]*])?\\s*\\(?((?:[=<>!~]=?=?[^;#)]*)?)\\)?\\s*(?:;.*|#.*|@.*)?");
    private static final Pattern POETRY = Pattern.compile("tool\\.poetry\\.(?:group\\.([^.]+)\\.)?(dev-)?dependencies");

    @Override
    public boolean reads(SourceFile file) {
        return file.name()
                .matches("(?:dev-|test-)?requirements[\\w.-]*\\.(?:txt|in)|pyproject\\.toml|setup\\.cfg|Pipfile")
                || file.path().matches("(?:.*/)?requirements/[^/]+\\.(?:txt|in)");
    }

    @Override
    public void read(SourceFile file, Manifests found) throws BrokenManifest {
        switch (file.name()) {
            case "pyproject.toml" -> pyproject(file, found);
            case "Pipfile" -> pipfile(file, found);
            case "setup.cfg" -> setup(file, found);
            default -> requirements(file, found);
        }
    }

    private static void requirements(SourceFile file, Manifests found) throws BrokenManifest {
        found.manifest(file.path(), "pypi", "", "");
        var scope = file.path().contains("dev") ? "dev" : file.path().contains("test") ? "test" : "install";
        int broken = 0;
        for (var line : file.lines()) {
            var text = line.replaceFirst("(?:^|\\s)#.*", "").strip();
            if (!text.isEmpty() && !text.startsWith("-") && !text.contains("://")) {
                broken += requirement(text.replaceFirst("\\s*\\\\$", ""), scope, file, found) ? 0 : 1;
            }
        }
        if (broken > 0) {
            throw new BrokenManifest(broken + " of its lines are no requirements");
        }
    }

    private static boolean requirement(String text, String scope, SourceFile file, Manifests found) {
        var matcher = REQUIREMENT.matcher(text.strip().replaceFirst("\\s--hash=.*", ""));
        if (!matcher.matches()) {
            return false;
        }
        found.dependency("pypi", matcher.group(1), matcher.group(2).replaceFirst("^==", ""), scope, file.path());
        return true;
    }

    private static void pyproject(SourceFile file, Manifests found) throws BrokenManifest {
        var name = "";
        var version = "";
        for (var entry : Toml.parse(file.text())) {
            boolean isProject = entry.table().equals("project") || entry.table().equals("tool.poetry");
            name = isProject && entry.key().equals("name") ? entry.text() : name;
            version = isProject && entry.key().equals("version") ? entry.text() : version;
            var poetry = POETRY.matcher(entry.table());
            if (entry.table().equals("project") && entry.key().equals("dependencies")) {
                requirements(entry.strings(), "install", file, found);
            } else if (entry.table().equals("project.optional-dependencies")
                    || entry.table().equals("dependency-groups")) {
                requirements(entry.strings(), entry.key(), file, found);
            } else if (entry.table().equals("build-system") && entry.key().equals("requires")) {
                requirements(entry.strings(), "build", file, found);
            } else if (poetry.matches() && !entry.key().equals("python")) {
                var scope = poetry.group(1) != null ? poetry.group(1) : poetry.group(2) != null ? "dev" : "install";
                versioned(entry, scope, file, found);
            }
        }
        found.manifest(file.path(), "pypi", name, version);
    }

    private static void pipfile(SourceFile file, Manifests found) throws BrokenManifest {
        found.manifest(file.path(), "pypi", "", "");
        for (var entry : Toml.parse(file.text())) {
            if (entry.table().equals("packages") || entry.table().equals("dev-packages")) {
                versioned(entry, entry.table().equals("packages") ? "install" : "dev", file, found);
            }
        }
    }

    private static void versioned(Toml.Entry entry, String scope, SourceFile file, Manifests found) {
        found.dependency("pypi", entry.key(), entry.isInlineTable() ? entry.member("version") : entry.text(), scope,
                file.path());
    }

    private static void requirements(List<String> texts, String scope, SourceFile file, Manifests found) {
        texts.forEach(text -> requirement(text, scope, file, found));
    }

    /** An ini file whose lists are indented lines. */
    private static void setup(SourceFile file, Manifests found) {
        var section = "";
        var key = "";
        var name = "";
        var version = "";
        for (var line : file.lines()) {
            var text = line.strip();
            if (text.startsWith("[")) {
                section = text;
                key = "";
            } else if (line.startsWith(" ") || line.startsWith("\t")) {
                setupRequirement(section, key, text, file, found);
            } else if (text.contains("=")) {
                key = text.substring(0, text.indexOf('=')).strip();
                var value = text.substring(text.indexOf('=') + 1).strip();
                name = section.equals("[metadata]") && key.equals("name") ? value : name;
                version = section.equals("[metadata]") && key.equals("version") ? value : version;
                setupRequirement(section, key, value, file, found);
            }
        }
        found.manifest(file.path(), "pypi", name, version);
    }

    private static void setupRequirement(String section, String key, String text, SourceFile file, Manifests found) {
        if (section.equals("[options]") && key.equals("install_requires")) {
            requirement(text, "install", file, found);
        } else if (section.equals("[options.extras_require]")) {
            requirement(text, key, file, found);
        }
    }
}
