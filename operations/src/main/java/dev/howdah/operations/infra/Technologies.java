package dev.howdah.operations.infra;

import dev.howdah.operations.infra.Technology.Level;
import dev.howdah.operations.infra.Technology.Names;
import dev.howdah.postgres.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What the scan looks for, and which of it a name stands for. */
public final class Technologies {
    private static final String FILE = "technologies.yml";

    private final List<Technology> all;
    private final Map<Names, Index> indexes = new EnumMap<>(Names.class);

    private Technologies(List<Technology> all) {
        this.all = List.copyOf(all);
        for (var kind : Names.values()) {
            indexes.put(kind, Index.of(all, kind));
        }
    }

    /** Those that come along. */
    public static Technologies builtIn() {
        try (var in = Objects.requireNonNull(Technologies.class.getResourceAsStream(FILE), FILE)) {
            List<Map<String, Object>> entries = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
            return new Technologies(entries.stream().map(Technologies::technology).toList());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + FILE, e);
        }
    }

    private static Technology technology(Map<String, Object> entry) {
        var names = new EnumMap<Names, List<String>>(Names.class);
        entry.forEach((key, value) -> {
            if (value instanceof Map<?, ?> byLanguage) {
                byLanguage.forEach((language, list) -> names.put(kind(key + "_" + language), strings(list)));
            } else if (value instanceof List<?> list) {
                names.put(kind(key), strings(list));
            }
        });
        return new Technology(text(entry, "id"), text(entry, "name"),
                Level.valueOf(text(entry, "level").toUpperCase(Locale.ROOT)), text(entry, "replacement"),
                text(entry, "action"), names);
    }

    private static Names kind(String name) {
        return Names.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static String text(Map<String, Object> entry, String key) {
        return String.valueOf(Objects.requireNonNull(entry.get(key), key));
    }

    private static List<String> strings(Object list) {
        return ((List<?>) list).stream().map(String::valueOf).toList();
    }

    /** In the order of the file. */
    public List<Technology> all() {
        return all;
    }

    /**
     * Only some of them.
     *
     * @throws InvalidInputException if an id is not known
     */
    public Technologies only(Collection<String> ids) {
        var known = all.stream().map(Technology::id).collect(Collectors.toSet());
        var unknown = ids.stream().filter(id -> !known.contains(id)).toList();
        if (!unknown.isEmpty()) {
            throw new InvalidInputException("technology-unknown", "technology", String.join(", ", unknown)
                    + " is not known",
                    "use some of " + all.stream().map(Technology::id)
                            .collect(Collectors.joining(", ")));
        }
        return new Technologies(all.stream().filter(technology -> Set.copyOf(ids).contains(technology.id())).toList());
    }

    /** Which one a name belongs to: the one that knows the longest beginning of it. */
    Optional<Technology> of(Names kind, String name) {
        return indexes.getOrDefault(kind, Index.NONE).find(name);
    }

    /**
     * Names of one kind. A name stands for what is below it too: after a dot, a slash or a colon.
     *
     * @param exact by the whole name
     * @param prefixes by what a name begins with
     */
    private record Index(Map<String, Technology> exact, Map<String, Technology> prefixes) {
        static final Index NONE = new Index(Map.of(), Map.of());

        static Index of(List<Technology> all, Names kind) {
            var exact = new HashMap<String, Technology>();
            var prefixes = new HashMap<String, Technology>();
            for (var technology : all) {
                for (var name : technology.names(kind)) {
                    if (name.endsWith("*")) {
                        prefixes.putIfAbsent(name.substring(0, name.length() - 1), technology);
                    } else {
                        exact.putIfAbsent(name, technology);
                    }
                }
            }
            return new Index(exact, prefixes);
        }

        /** From the whole name down to its first letter: names are short, and there are many of them to compare with. */
        Optional<Technology> find(String name) {
            for (int length = name.length(); length > 0; length--) {
                var beginning = name.substring(0, length);
                var found = length == name.length() || isBorder(name.charAt(length))
                        ? exact.getOrDefault(beginning, prefixes.get(beginning))
                        : prefixes.get(beginning);
                if (found != null) {
                    return Optional.of(found);
                }
            }
            return Optional.empty();
        }

        private static boolean isBorder(char c) {
            return c == '.' || c == '/' || c == ':';
        }
    }

    /** All names of a kind with their technologies, those of more letters first. */
    List<Map.Entry<String, Technology>> names(Names kind) {
        var names = new ArrayList<Map.Entry<String, Technology>>();
        all.forEach(technology -> technology.names(kind).forEach(name -> names.add(Map.entry(name, technology))));
        names.sort((one, other) -> Integer.compare(other.getKey().length(), one.getKey().length()));
        return List.copyOf(names);
    }
}
