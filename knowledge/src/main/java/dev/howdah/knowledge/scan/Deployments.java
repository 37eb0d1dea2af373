package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Deployment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads, line by line, the files by which a repository is built, checked and brought into service. */
final class Deployments {
    private static final int MAX = 500;
    private static final int COMMANDS_MAX = 12;
    private static final int COMMAND_CHARS_MAX = 200;
    private static final int VARIABLES_MAX = 60;
    private static final Pattern VARIABLE = Pattern
            .compile("\\$\\{?([A-Z][A-Z0-9_]{2,})\\b|\\$\\{\\{\\s*(?:secrets|vars|env)\\.(\\w+)");
    private static final Pattern LISTED_VARIABLE = Pattern.compile(
            "(?m)^\\s*(?:-\\s*name:\\s*|-\\s*|ENV\\s+|ARG\\s+|Environment=\"?|export\\s+)?([A-Z][A-Z0-9_]{2,})(?=\\s*[=:]|\\s*$)|^variable\\s+\"(\\w+)\"");
    private static final Pattern NAME = Pattern.compile("(?m)^name:\\s*[\"']?([^\"'\\n#]+)");
    private static final Pattern KIND = Pattern.compile("(?m)^kind:\\s*(\\w+)");
    private static final Pattern METADATA_NAME = Pattern
            .compile("(?m)^metadata:\\s*\\n(?:[ \\t]+[^\\n]*\\n){0,20}?[ \\t]+name:\\s*[\"']?([^\"'\\s]+)");
    private static final Pattern RESOURCE = Pattern.compile("(?m)^resource\\s+\"([\\w-]+)\"\\s+\"([\\w-]+)\"");
    private static final Pattern DOCKER_COMMAND = Pattern.compile("(?m)^((?:FROM|RUN|CMD|ENTRYPOINT|EXPOSE)\\s.*)$");
    private static final Pattern COMPOSE_COMMAND = Pattern
            .compile("(?m)^\\s+((?:image|command|entrypoint|build):\\s*\\S.*)$");
    private static final Pattern SERVICE = Pattern.compile("(?m)^ {2}([\\w.-]+):\\s*$");
    private static final Pattern UNIT_COMMAND = Pattern.compile("(?m)^(Exec\\w+=.*)$");
    private static final Pattern UNIT_TRIGGER = Pattern.compile("(?m)^((?:WantedBy|OnCalendar|OnBootSec|After)=.*)$");
    private static final Pattern PIPE_STEP = Pattern.compile("(?m)^\\s*sh\\s*\\(?\\s*['\"]{1,3}([^'\"\\n]+)");
    private static final Pattern PIPE_TRIGGER = Pattern.compile("\\b(cron|pollSCM|upstream|githubPush)\\b");
    private static final Pattern CONTAINER_COMMAND = Pattern
            .compile("(?m)^\\s+-?\\s*((?:image|command|args):\\s*\\S.*)$");
    private static final Pattern TRIGGER = Pattern.compile("( +)(?:- )?([\\w-]+):?.*");
    private final List<Deployment> found = new ArrayList<>();

    /** A file's platform and how it is read; the first whose path fits counts. */
    private record Platform(String name, Pattern path, BiFunction<SourceFile, String, Optional<Deployment>> reader) {}

    private static final List<Platform> PLATFORMS = List.of(
            platform("docker", "(?:.*/)?(?:Dockerfile[\\w.-]*|[\\w.-]+\\.[Dd]ockerfile|Containerfile)",
                    Deployments::docker),
            platform("docker-compose", "(?:.*/)?(?:docker-)?compose[\\w.-]*\\.ya?ml", Deployments::compose),
            platform("github-actions", "\\.github/workflows/[^/]+\\.ya?ml", Deployments::actions),
            platform("gitlab-ci", "(?:.*/)?\\.gitlab-ci\\.ya?ml", Deployments::gitlab),
            platform("jenkins", "(?:.*/)?Jenkinsfile[\\w.-]*", Deployments::jenkins),
            platform("cloud-build", "(?:.*/)?cloudbuild[\\w.-]*\\.ya?ml", Deployments::cloudBuild),
            platform("helm", "(?:.*/)?Chart\\.yaml", Deployments::helm),
            platform("terraform", ".*\\.tf", Deployments::terraform),
            platform("systemd", ".*\\.(?:service|timer)", Deployments::systemd),
            platform("shell", "(?:.*/)?(?:deploy[^/]*|[^/]*deploy)\\.(?:sh|bash)|(?:.*/)?deploy|\\.?ci/[\\w.-]+",
                    Deployments::shell),
            platform("kubernetes", ".*\\.ya?ml", Deployments::kubernetes));

    private static Platform platform(String name, String path,
            BiFunction<SourceFile, String, Optional<Deployment>> reader) {
        return new Platform(name, Pattern.compile(path), reader);
    }

    void read(SourceFile file) {
        if (file.isTest() || found.size() >= MAX) {
            return;
        }
        PLATFORMS.stream().filter(platform -> platform.path.matcher(file.path()).matches()).findFirst()
                .flatMap(platform -> platform.reader.apply(file, platform.name)).ifPresent(found::add);
    }

    List<Deployment> found() {
        return found.stream().sorted(Comparator.comparing(Deployment::path)).toList();
    }

    private static Optional<Deployment> docker(SourceFile file, String platform) {
        return deployment(file, platform, file.path(), "Image from " + String.join(", ",
                all(Pattern.compile("(?m)^FROM\\s+(\\S+)"), file.text())), all(DOCKER_COMMAND, file.text()), List.of());
    }

    private static Optional<Deployment> compose(SourceFile file, String platform) {
        int from = Math.max(file.text().indexOf("services:"), 0);
        int to = file.text().indexOf("\nvolumes:", from);
        var services = all(SERVICE, file.text().substring(from, to < 0 ? file.text().length() : to));
        return deployment(file, platform, file.path(), "Services: " + String.join(", ", services),
                all(COMPOSE_COMMAND, file.text()), List.of());
    }

    private static Optional<Deployment> actions(SourceFile file, String platform) {
        return deployment(file, platform, first(NAME, file.text()).orElse(file.path()), "",
                steps(file.lines(), "run:"), triggers(file.lines()));
    }

    private static Optional<Deployment> gitlab(SourceFile file, String platform) {
        var triggers = all(Pattern.compile("(?m)^\\s+-?\\s*((?:only|if|changes|when):.*\\S)\\s*$"), file.text());
        return deployment(file, platform, file.path(), "", steps(file.lines(), "script:"), triggers);
    }

    private static Optional<Deployment> jenkins(SourceFile file, String platform) {
        return deployment(file, platform, file.path(), "", all(PIPE_STEP, file.text()), all(PIPE_TRIGGER, file.text()));
    }

    private static Optional<Deployment> cloudBuild(SourceFile file, String platform) {
        return deployment(file, platform, file.path(), "",
                all(Pattern.compile("(?m)^\\s*-?\\s*((?:name|args|entrypoint):\\s*\\S.*)$"), file.text()), List.of());
    }

    private static Optional<Deployment> helm(SourceFile file, String platform) {
        return deployment(file, platform, first(NAME, file.text()).map(String::strip).orElse(file.path()),
                first(Pattern.compile("(?m)^description:\\s*(.+)$"), file.text()).orElse(""), List.of(), List.of());
    }

    private static Optional<Deployment> terraform(SourceFile file, String platform) {
        var resources = RESOURCE.matcher(file.text()).results().map(match -> match.group(1) + "." + match.group(2))
                .toList();
        var declares = !resources.isEmpty() || file.text().contains("variable \"") || file.text().contains("module \"");
        return !declares
                ? Optional.empty()
                : deployment(file, platform, file.path(),
                        resources.isEmpty() ? "" : "Resources: " + String.join(", ", resources), List.of(), List.of());
    }

    private static Optional<Deployment> systemd(SourceFile file, String platform) {
        return deployment(file, platform, file.name(),
                first(Pattern.compile("(?m)^Description=(.+)$"), file.text()).orElse(""),
                all(UNIT_COMMAND, file.text()),
                all(UNIT_TRIGGER, file.text()));
    }

    private static Optional<Deployment> shell(SourceFile file, String platform) {
        if (!file.isIn(FileLanguage.SHELL)) {
            return Optional.empty();
        }
        var comment = file.lines().stream().filter(line -> line.startsWith("# ")).findFirst()
                .map(line -> line.substring(2)).orElse("");
        var commands = file.lines().stream().map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#") && !line.startsWith("set ")).toList();
        return deployment(file, platform, file.path(), comment, commands, List.of());
    }

    private static Optional<Deployment> kubernetes(SourceFile file, String platform) {
        if (!file.text().contains("apiVersion:") || !KIND.matcher(file.text()).find()) {
            return Optional.empty();
        }
        return deployment(file, platform, first(METADATA_NAME, file.text()).orElse(file.path()),
                "Kinds: " + String.join(", ", new TreeSet<>(all(KIND, file.text()))),
                all(CONTAINER_COMMAND, file.text()), List.of());
    }

    private static Optional<Deployment> deployment(SourceFile file, String platform, String name, String description,
            List<String> commands, List<String> triggers) {
        return Optional.of(new Deployment(Prose.cut(Prose.oneLine(name), COMMAND_CHARS_MAX), platform, file.path(),
                Prose.cut(Prose.oneLine(description), 500), bounded(commands), variables(file.text()),
                bounded(triggers)));
    }

    private static List<String> bounded(List<String> lines) {
        return lines.stream().map(line -> Prose.cut(Prose.oneLine(line), COMMAND_CHARS_MAX)).limit(COMMANDS_MAX)
                .toList();
    }

    private static List<String> variables(String text) {
        var names = new TreeSet<String>();
        Stream.concat(VARIABLE.matcher(text).results(), LISTED_VARIABLE.matcher(text).results())
                .forEach(match -> names.add(match.group(1) != null ? match.group(1) : match.group(2)));
        return names.stream().limit(VARIABLES_MAX).toList();
    }

    /** Commands behind a key of YAML: on its line, or in the lines below that are indented deeper. */
    private static List<String> steps(List<String> lines, String key) {
        var steps = new ArrayList<String>();
        int inside = -1;
        for (var line : lines) {
            var text = line.strip();
            int indent = line.length() - line.stripLeading().length();
            var bare = text.startsWith("- ") ? text.substring(2).strip() : text;
            if (bare.startsWith(key)) {
                var rest = bare.substring(key.length()).strip();
                inside = rest.isEmpty() || rest.matches("[|>][+-]?") ? indent : -1;
                if (inside < 0) {
                    steps.add(rest);
                }
            } else if (inside >= 0 && !text.isEmpty()) {
                inside = indent > inside ? inside : -1;
                if (inside >= 0) {
                    steps.add(bare);
                }
            }
        }
        return steps;
    }

    /** The events of a GitHub workflow: behind {@code on:}, or the keys and items at the first level below. */
    private static List<String> triggers(List<String> lines) {
        var triggers = new ArrayList<String>();
        var level = Optional.<String>empty();
        boolean isInside = false;
        for (var line : lines) {
            if (line.matches("[\"']?on[\"']?:.*")) {
                isInside = true;
                Pattern.compile("\\w+").matcher(line.substring(line.indexOf(':') + 1)).results()
                        .forEach(match -> triggers.add(match.group()));
            } else if (isInside && !line.isBlank()) {
                var key = TRIGGER.matcher(line);
                isInside = line.startsWith(" ");
                if (isInside && key.matches() && level.orElse(key.group(1)).equals(key.group(1))) {
                    level = Optional.of(key.group(1));
                    triggers.add(key.group(2));
                }
            }
        }
        return triggers;
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1)).toList();
    }

    private static Optional<String> first(Pattern pattern, String text) {
        return all(pattern, text).stream().findFirst();
    }
}
