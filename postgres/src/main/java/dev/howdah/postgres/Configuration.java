package dev.howdah.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Where settings come from: overrides of the command line, then {@code HOWDAH_*} variables, then their aliases, then
 * {@code howdah.yml}, then the default. Problems are collected while settings are read and reported together by
 * {@link #check}. Not thread-safe; made once at start.
 */
public final class Configuration {
    private static final int FILE_BYTES_MAX = 1 << 20;

    private final Map<String, String> overrides;
    private final Function<String, Optional<String>> elsewhere;
    private final Map<String, String> environment;
    private final Map<String, String> file;
    private final Map<String, Effective> effective = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    /**
     * A value in force.
     *
     * @param setting what was read
     * @param text the value as written, {@code ***} for a secret
     * @param source the variable, file or "default" that it came from
     */
    public record Effective(Setting<?> setting, String text, String source) {}

    private record Found(String text, String source) {}

    private Configuration(Map<String, String> overrides, Function<String, Optional<String>> elsewhere,
            Map<String, String> environment, Map<String, String> file) {
        this.overrides = overrides;
        this.elsewhere = elsewhere;
        this.environment = environment;
        this.file = file;
    }

    /**
     * Reads {@code howdah.yml} if there is one.
     *
     * @param overrides values by setting name that win over everything, such as those of the command line
     * @param environment the process's variables
     * @param yaml the file; need not exist
     * @throws ConfigurationException if the file cannot be read as YAML
     */
    public static Configuration load(Map<String, String> overrides, Map<String, String> environment, Path yaml) {
        return new Configuration(Map.copyOf(overrides), _ -> Optional.empty(), Map.copyOf(environment),
                Files.exists(yaml) ? readYaml(yaml) : Map.of());
    }

    /** Only the given values, by setting name. For tests and embedding. */
    public static Configuration of(Map<String, String> values) {
        return new Configuration(Map.copyOf(values), _ -> Optional.empty(), Map.of(), Map.of());
    }

    /**
     * What another configuration knows, such as Spring's.
     *
     * @param values by setting name
     */
    public static Configuration of(Function<String, Optional<String>> values) {
        return new Configuration(Map.of(), values, Map.of(), Map.of());
    }

    /** The value in force. A wrong one is noted for {@link #check} and answered with the default. */
    public <T> T get(Setting<T> setting) {
        var found = find(setting).orElse(new Found(setting.defaultText(), "default"));
        effective.put(setting.name(), new Effective(setting, setting.secret() ? "***" : found.text(), found.source()));
        try {
            return setting.parser().apply(found.text());
        } catch (IllegalArgumentException e) {
            problem(found.source() + (setting.secret() ? "" : " is \"" + found.text() + "\"") + "; "
                    + e.getMessage());
            return setting.defaultValue();
        }
    }

    /** Whether anything but the default says what the setting is. */
    public boolean isSet(Setting<?> setting) {
        return find(setting).isPresent();
    }

    /** Notes a problem that concerns more than one setting. */
    public void problem(String problem) {
        problems.add(problem);
    }

    /** What was read so far with its source, in order of reading. */
    public Collection<Effective> effective() {
        return List.copyOf(effective.values());
    }

    /**
     * Ends the reading.
     *
     * @throws ConfigurationException if any value was wrong, or a name in the file, the overrides or a {@code HOWDAH_*}
     *         variable belongs to no setting that was read
     */
    public void check() {
        var variables = new TreeSet<String>();
        effective.values().forEach(e -> {
            variables.add(e.setting().variable());
            variables.addAll(e.setting().aliases());
        });
        for (var name : new TreeMap<>(file).keySet()) {
            unknown("howdah.yml: \"" + name + "\"", name, effective.keySet());
        }
        for (var name : new TreeMap<>(overrides).keySet()) {
            unknown("\"" + name + "\"", name, effective.keySet());
        }
        for (var name : new TreeMap<>(environment).keySet()) {
            if (name.startsWith("HOWDAH_")) {
                unknown("the variable " + name, name.replaceFirst("_FILE$", ""), variables);
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    private Optional<Found> find(Setting<?> setting) {
        var override = overrides.get(setting.name());
        if (override != null) {
            return Optional.of(new Found(override, setting.name()));
        }
        var known = elsewhere.apply(setting.name());
        if (known.isPresent()) {
            return known.map(text -> new Found(text, setting.name()));
        }
        var names = new ArrayList<String>();
        names.add(setting.variable());
        names.addAll(setting.aliases());
        for (var name : names) {
            var value = environment.get(name);
            if (value != null && !value.isBlank()) {
                return Optional.of(new Found(value, name));
            }
            var path = setting.secret() ? environment.get(name + "_FILE") : null;
            if (path != null) {
                return Optional.of(new Found(readSecret(name + "_FILE", path), name + "_FILE"));
            }
        }
        return Optional.ofNullable(file.get(setting.name()))
                .map(value -> new Found(value, "howdah.yml: " + setting.name()));
    }

    private String readSecret(String name, String path) {
        try {
            return Files.readString(Path.of(path)).strip();
        } catch (IOException e) {
            problem(name + " names a file that cannot be read: " + path);
            return "";
        }
    }

    private void unknown(String what, String name, Collection<String> known) {
        if (known.contains(name)) {
            return;
        }
        var nearest = known.stream().min(Comparator.comparingInt(candidate -> distance(candidate, name)));
        problem(what + " is no setting" + nearest.map(n -> "; did you mean " + n + "?").orElse(""));
    }

    private static Map<String, String> readYaml(Path path) {
        try {
            if (Files.size(path) > FILE_BYTES_MAX) {
                throw new ConfigurationException(List.of(path + " is larger than 1 MiB"));
            }
            Object root = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(path));
            var flat = new HashMap<String, String>();
            flatten("", root == null ? Map.of() : root, flat);
            return flat;
        } catch (IOException | YAMLException e) {
            throw new ConfigurationException(List.of(path + " cannot be read: " + e.getMessage()));
        }
    }

    private static void flatten(String prefix, Object node, Map<String, String> into) {
        switch (node) {
            case Map<?, ?> map -> map.forEach((key, value) -> flatten(
                    prefix.isEmpty() ? String.valueOf(key) : prefix + "." + key, value == null ? "" : value, into));
            case List<?> list -> into.put(prefix,
                    String.join(",", list.stream().map(String::valueOf).toList()));
            default -> into.put(prefix, node.toString());
        }
    }

    /** Levenshtein's distance: how many letters to add, drop or change. */
    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(change, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
