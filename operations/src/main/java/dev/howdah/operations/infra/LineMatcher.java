package dev.howdah.operations.infra;

import dev.howdah.operations.infra.Finding.Kind;
import dev.howdah.operations.infra.Technology.Names;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads one file line by line and notes what names a technology. Line by line is enough: what it looks for stands on a line
 * in every usual layout, and what it misses it says nothing false about. Evidence is the name alone, so that no value gets
 * into a report.
 */
final class LineMatcher {
    private static final int LINE_MAX = 2_000;
    private static final Pattern PYTHON_IMPORT = Pattern.compile("^\\s*import\\s+([\\w., \\t]+)");
    private static final Pattern PYTHON_FROM = Pattern
            .compile("^\\s*from\\s+([\\w.]+)\\s+import\\s+\\(?([\\w, \\t*]*)");
    private static final Pattern JAVASCRIPT_IMPORT = Pattern
            .compile("(?:\\bfrom\\s*|\\brequire\\s*\\(\\s*|\\bimport\\s*\\(?\\s*)[\"'`]([^\"'`]+)[\"'`]");
    private static final Pattern JAVA_IMPORT = Pattern.compile("^\\s*import\\s+(?:static\\s+)?([\\w.]+)");
    private static final Pattern GO_IMPORT = Pattern
            .compile("^\\s*(?:import\\s+)?(?:[\\w.]+\\s+)?\"([^\"\\s]+)\"\\s*$");
    private static final Pattern RUBY_IMPORT = Pattern.compile("^\\s*require\\s*\\(?\\s*[\"']([^\"']+)[\"']");
    private static final Pattern CSHARP_IMPORT = Pattern
            .compile("^\\s*(?:global\\s+)?(?:using|open|Imports)\\s+(?:static\\s+)?(?:\\w+\\s*=\\s*)?([\\w.]+)");
    private static final Pattern REQUIREMENT = Pattern
            .compile("^\\s*([A-Za-z0-9][\\w.-]*)\\s*(?:\\[[^\\]]*\\])?\\s*(?:[=<>!~;@#].*)?$");
    private static final Pattern QUOTED_REQUIREMENT = Pattern
            .compile("[\"']([A-Za-z0-9][\\w.-]*)\\s*(?:\\[[^\\]]*\\])?\\s*(?:[=<>!~;@][^\"']*)?[\"']");
    private static final Pattern PYPROJECT_KEY = Pattern.compile("^\\s*([A-Za-z0-9][\\w.-]*)\\s*=");
    /** What says something of the project itself, which may be named like what it serves. */
    private static final Pattern PYPROJECT_SELF = Pattern
            .compile("^\\s*(?:name|description|keywords|classifiers|authors|readme|version|license)\\s*=.*");
    private static final Pattern JSON_MEMBER = Pattern.compile("\"([^\"]+)\"\\s*:\\s*\"");
    private static final Pattern GROUP = Pattern.compile("<groupId>\\s*([^<\\s]+)\\s*</groupId>");
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>\\s*([^<\\s]+)\\s*</artifactId>");
    private static final Pattern COORDINATES = Pattern.compile("[\"']([\\w.-]+:[\\w.-]+)(?::[^\"']*)?[\"']");
    private static final Pattern GO_MODULE = Pattern
            .compile("^\\s*(?:require\\s+)?([\\w.-]+\\.[\\w.-]+/[\\w./-]+)\\s+v\\d");
    private static final Pattern GEM = Pattern
            .compile("^\\s*(?:gem|\\w+\\.add_(?:runtime_|development_)?dependency)\\s*\\(?\\s*[\"']([^\"']+)");
    private static final Pattern NUGET = Pattern.compile(
            "<(?:PackageReference|PackageVersion|package)\\b[^>]*?\\b(?:Include|Update|id)\\s*=\\s*\"([^\"]+)\"");
    private static final Pattern ASSIGNMENT = Pattern.compile("^\\s*(?:export\\s+)?([A-Za-z_]\\w*)\\s*=");
    private static final Pattern IMAGE = Pattern
            .compile("^\\s*(?:-\\s+)?(?:image|FROM|repository)\\s*:?\\s+[\"']?([^\\s\"'#]+)");
    private static final Pattern KEY = Pattern.compile("^(\\s*)(?:-\\s+)?([\\w.-]+)\\s*:(?:\\s|$)");
    private static final Pattern CHART = Pattern.compile("^\\s*(?:-\\s+)?name\\s*:\\s*[\"']?([\\w/-]+)[\"']?\\s*$");
    private static final Pattern RESOURCE = Pattern.compile("^\\s*(?:resource|data|ephemeral)\\s+\"(\\w+)\"");
    private static final Pattern PROPERTY = Pattern.compile("^\\s*([\\w.-]+)\\s*[=:]");
    private static final Pattern WORD = Pattern.compile("\\b[A-Z][A-Z0-9_]{3,}\\b");
    private static final Pattern QUOTED_WORD = Pattern.compile("(?:[\"'`]|\\benv\\.|\\$\\{?)([A-Z][A-Z0-9_]{3,})\\b");
    private static final Pattern COMMAND = Pattern.compile("(?:^|[\\s;|&(`@\"'])([a-z][a-z0-9-]+)(?=[\\s;\"'])");
    private static final Pattern ADDRESS_END = Pattern.compile("[^\\w.:-]");
    private static final int ADDRESS_MAX = 80;

    private final Technologies technologies;
    private final String file;
    private final FileKind kind;
    private final List<Finding> findings = new ArrayList<>();
    private final Deque<Map.Entry<Integer, String>> keys = new ArrayDeque<>();
    private String group = "";
    private int number;
    private int first;

    private LineMatcher(Technologies technologies, String file, FileKind kind) {
        this.technologies = technologies;
        this.file = file;
        this.kind = kind;
    }

    static List<Finding> read(Technologies technologies, String file, FileKind kind, String text) {
        var matcher = new LineMatcher(technologies, file, kind);
        text.lines().forEach(matcher::read);
        return matcher.findings;
    }

    private void read(String whole) {
        number++;
        first = findings.size();
        if (kind.isComment(whole)) {
            return;
        }
        var line = whole.length() <= LINE_MAX ? whole : whole.substring(0, LINE_MAX);
        switch (kind) {
            case PYTHON -> python(line);
            case JAVASCRIPT -> each(JAVASCRIPT_IMPORT, line, Names.IMPORTS_JAVASCRIPT, Kind.IMPORT);
            case JAVA -> each(JAVA_IMPORT, line, Names.IMPORTS_JAVA, Kind.IMPORT);
            case GO -> each(GO_IMPORT, line, Names.IMPORTS_GO, Kind.IMPORT);
            case RUBY -> each(RUBY_IMPORT, line, Names.IMPORTS_RUBY, Kind.IMPORT);
            case CSHARP -> each(CSHARP_IMPORT, line, Names.IMPORTS_CSHARP, Kind.IMPORT);
            case REQUIREMENTS -> pythonPackage(REQUIREMENT, line);
            case PYPROJECT -> pyproject(line);
            case PACKAGE_JSON -> each(JSON_MEMBER, line, Names.PACKAGES_NPM, Kind.PACKAGE);
            case POM -> maven(line);
            case GRADLE -> each(COORDINATES, line, Names.PACKAGES_MAVEN, Kind.PACKAGE);
            case GO_MOD -> each(GO_MODULE, line, Names.PACKAGES_GO, Kind.PACKAGE);
            case GEMFILE -> each(GEM, line, Names.PACKAGES_GEM, Kind.PACKAGE);
            case NUGET -> each(NUGET, line, Names.PACKAGES_NUGET, Kind.PACKAGE);
            case ENVIRONMENT -> each(ASSIGNMENT, line, Names.VARIABLES, Kind.VARIABLE);
            case PROPERTIES -> each(PROPERTY, line, Names.SETTINGS, Kind.SETTING);
            case COMPOSE, YAML -> yaml(line);
            case CONFIGURATION -> {
                // addresses and variables only
            }
            case TERRAFORM -> each(RESOURCE, line, Names.RESOURCES, Kind.RESOURCE);
            case SHELL -> shell(line);
        }
        variables(line);
        address(line);
    }

    private void python(String line) {
        if (file.equals("setup.py") || file.endsWith("/setup.py")) {
            pyproject(line);
        }
        var from = PYTHON_FROM.matcher(line);
        if (from.find()) {
            for (var name : (from.group(2) + ",").split(",", -1)) {
                add(Names.IMPORTS_PYTHON, Kind.IMPORT,
                        (from.group(1) + "." + name.strip()).replaceFirst("[ \\t].*|\\.$", ""));
            }
            return;
        }
        var plain = PYTHON_IMPORT.matcher(line);
        if (plain.find()) {
            for (var name : plain.group(1).split(",", -1)) {
                add(Names.IMPORTS_PYTHON, Kind.IMPORT, name.strip().replaceFirst("\\s.*", ""));
            }
        }
    }

    private void pyproject(String line) {
        if (!PYPROJECT_SELF.matcher(line).matches()) {
            pythonPackage(PYPROJECT_KEY, line);
            pythonPackage(QUOTED_REQUIREMENT, line);
        }
    }

    private void pythonPackage(Pattern pattern, String line) {
        var matcher = pattern.matcher(line);
        while (matcher.find()) {
            add(Names.PACKAGES_PYTHON, Kind.PACKAGE,
                    matcher.group(1).toLowerCase(Locale.ROOT).replaceAll("[-_.]+", "-"));
        }
    }

    private void maven(String line) {
        var ofGroup = GROUP.matcher(line);
        if (ofGroup.find()) {
            group = ofGroup.group(1);
        }
        var artifact = ARTIFACT.matcher(line);
        if (artifact.find()) {
            add(Names.PACKAGES_MAVEN, Kind.PACKAGE, group + ":" + artifact.group(1));
        }
    }

    private void yaml(String line) {
        image(line);
        if (file.endsWith("Chart.yaml") || file.endsWith("Chart.yml")) {
            each(CHART, line, Names.IMAGES, Kind.IMAGE);
        }
        var key = KEY.matcher(line);
        if (key.find()) {
            int indent = key.group(1).length();
            while (!keys.isEmpty() && keys.getLast().getKey() >= indent) {
                keys.removeLast();
            }
            keys.addLast(Map.entry(indent, key.group(2)));
            add(Names.SETTINGS, Kind.SETTING, String.join(".", keys.stream().map(Map.Entry::getValue).toList()));
        }
    }

    private void shell(String line) {
        image(line);
        each(COMMAND, line, Names.COMMANDS, Kind.COMMAND);
    }

    private void image(String line) {
        var image = IMAGE.matcher(line);
        if (image.find()) {
            add(Names.IMAGES, Kind.IMAGE, imageName(image.group(1)));
        }
    }

    /** Without registry, tag and digest. */
    static String imageName(String image) {
        var name = image.replaceFirst("@.*", "").replaceFirst(":[^/:]*$", "");
        int slash = name.indexOf('/');
        var registry = slash < 0 ? "" : name.substring(0, slash);
        return (registry.contains(".") || registry.contains(":") || registry.equals("localhost")
                ? name.substring(slash + 1)
                : name).replaceFirst("^library/", "");
    }

    /** In code only what stands like a variable of the environment; constants have such names too. */
    private void variables(String line) {
        if (kind.isCode()) {
            each(QUOTED_WORD, line, Names.VARIABLES, Kind.VARIABLE);
        } else {
            var words = WORD.matcher(line);
            while (words.find()) {
                add(Names.VARIABLES, Kind.VARIABLE, words.group());
            }
        }
    }

    private void address(String line) {
        var text = line.toLowerCase(Locale.ROOT);
        for (var name : technologies.names(Names.ADDRESSES)) {
            int at = text.indexOf(name.getKey());
            if (at >= 0) {
                add(Kind.ADDRESS, name.getValue(), shown(line, at, name.getKey()));
                return;
            }
        }
    }

    /** The scheme, or the host around the place; never user, password, path or query. */
    private static String shown(String line, int at, String name) {
        var rest = line.substring(at + name.length());
        int end = Math.min(rest.length(), ADDRESS_MAX);
        if (name.endsWith("://")) {
            int authority = 0;
            while (authority < end && "/?#\"'` \t,;)>".indexOf(rest.charAt(authority)) < 0) {
                authority++;
            }
            var host = rest.substring(0, authority);
            int user = host.lastIndexOf('@');
            return name + (user < 0
                    ? ADDRESS_END.split(host, 2)[0]
                    : "***@" + ADDRESS_END.split(host.substring(user + 1),
                            2)[0]);
        }
        int start = at;
        while (start > 0 && at - start < ADDRESS_MAX
                && (Character.isLetterOrDigit(line.charAt(start - 1)) || ".-".indexOf(line.charAt(start - 1)) >= 0)) {
            start--;
        }
        return line.substring(start, at + name.length());
    }

    private void each(Pattern pattern, String line, Names names, Kind found) {
        var matcher = pattern.matcher(line);
        while (matcher.find()) {
            add(names, found, matcher.group(1));
        }
    }

    private void add(Names names, Kind found, String name) {
        technologies.of(names, name).ifPresent(technology -> add(found, technology, name));
    }

    /** Once per line and technology: the first thing that names it says the most. */
    private void add(Kind found, Technology technology, String evidence) {
        if (findings.subList(first, findings.size()).stream()
                .noneMatch(other -> other.technology().id().equals(technology.id()))) {
            findings.add(new Finding(file, number, found, technology, evidence));
        }
    }
}
