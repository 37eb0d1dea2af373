package dev.howdah.agent.triage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads dependencies with their versions from lines of a build manifest. */
final class Manifest {
    private static final Pattern PACKAGE_JSON = Pattern.compile("\"(@?[\\w./-]+)\"\\s*:\\s*\"([~^<>=v ]*\\d[^\"]*)\"");
    private static final Pattern REQUIREMENT = Pattern
            .compile("\"?([A-Za-z][\\w.-]*)(?:\\[[^]]*])?\\s*(?:==|>=|~=|<=|>)"
                    + "\\s*(\\d[\\w.]*)");
    private static final Pattern GO = Pattern.compile("(?:require\\s+)?([\\w.-]+\\.[\\w.-]+/\\S+)\\s+v(\\d[\\w.+-]*)");
    private static final Pattern MAVEN_ARTIFACT = Pattern.compile("<artifactId>([\\w.-]+)</artifactId>");
    private static final Pattern MAVEN_VERSION = Pattern.compile("<([\\w.-]*version)>(\\d[\\w.-]*)</");
    private static final Map<String, List<Pattern>> FILES = Map.of("package.json", List.of(PACKAGE_JSON),
            "requirements.txt", List.of(REQUIREMENT), "pyproject.toml", List.of(REQUIREMENT), "go.mod", List.of(GO),
            "pom.xml", List.of());

    private Manifest() {}

    /** A dependency on a line. */
    record Dependency(String version, Diff.Line line) {}

    static boolean isManifest(String path) {
        return FILES.containsKey(fileName(path));
    }

    /** By name; a Maven version takes the name of the artifact on the line before it, else of its own element. */
    static Map<String, Dependency> dependencies(String path, List<Diff.Line> lines) {
        var found = new LinkedHashMap<String, Dependency>();
        var artifact = "";
        for (var line : lines) {
            for (var pattern : FILES.getOrDefault(fileName(path), List.of())) {
                var matcher = pattern.matcher(line.text());
                while (matcher.find()) {
                    found.put(matcher.group(1), new Dependency(matcher.group(2), line));
                }
            }
            if (fileName(path).equals("pom.xml")) {
                artifact = first(MAVEN_ARTIFACT.matcher(line.text())).orElse(artifact);
                var version = MAVEN_VERSION.matcher(line.text());
                if (version.find()) {
                    var name = version.group(1).equals("version") && !artifact.isEmpty() ? artifact : version.group(1);
                    found.put(name, new Dependency(version.group(2), line));
                }
            }
        }
        return found;
    }

    /** "major", "minor" or "patch" by semantic versioning; a 0.x version may break with its minor number. */
    static String step(String from, String to) {
        int[] a = numbers(from);
        int[] b = numbers(to);
        if (a[0] != b[0] || (a[0] == 0 && a[1] != b[1])) {
            return "major";
        }
        return a[1] != b[1] ? "minor" : "patch";
    }

    private static int[] numbers(String version) {
        var numbers = new int[2];
        var matcher = Pattern.compile("\\d{1,9}").matcher(version);
        for (int i = 0; i < numbers.length && matcher.find(); i++) {
            numbers[i] = Integer.parseInt(matcher.group());
        }
        return numbers;
    }

    private static Optional<String> first(Matcher matcher) {
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
