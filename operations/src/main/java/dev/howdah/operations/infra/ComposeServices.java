package dev.howdah.operations.infra;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The services of a Compose file, line by line. To take some out, their lines and what others say of depending on them go
 * behind a comment; then both texts are parsed, and only if the second one means exactly the first one without those services
 * is the edit good. So an unusual layout costs an edit and never a file.
 */
final class ComposeServices {
    private static final Pattern SERVICES = Pattern.compile("^services:\\s*(?:#.*)?$");
    private static final Pattern HEADER = Pattern.compile("^(\\s+)([\\w.-]+):\\s*(?:[&#].*)?$");
    private static final Pattern DEPENDS = Pattern.compile("^(\\s+)depends_on:\\s*(?:#.*)?$");
    private static final Pattern ITEM = Pattern.compile("^\\s*-\\s*[\"']?([\\w.-]+)[\"']?\\s*(?:#.*)?$");
    private static final String DEPENDS_ON = "depends_on";

    private final String text;
    private final List<String> lines;
    private final List<Service> services = new ArrayList<>();

    /** Lines from first to last, from 1. */
    private record Service(String name, int first, int last) {}

    ComposeServices(String text) {
        this.text = text;
        this.lines = List.of(text.split("\r?\n", -1));
        find();
    }

    private void find() {
        int start = 0;
        while (start < lines.size() && !SERVICES.matcher(lines.get(start)).matches()) {
            start++;
        }
        int indent = -1;
        for (int i = start + 1; i < lines.size() && (isFiller(i) || indent(i) > 0); i++) {
            var header = HEADER.matcher(lines.get(i));
            if (!isFiller(i) && header.matches() && (indent < 0 || indent == header.group(1).length())) {
                indent = header.group(1).length();
                services.add(new Service(header.group(2), i + 1, end(i)));
            }
        }
    }

    /** The last line, from 1, that is deeper than the one that begins. */
    private int end(int start) {
        int last = start;
        for (int i = start + 1; i < lines.size() && (isFiller(i) || indent(i) > indent(start)); i++) {
            last = isFiller(i) ? last : i;
        }
        return last + 1;
    }

    private boolean isFiller(int at) {
        var line = lines.get(at).strip();
        return line.isEmpty() || line.startsWith("#");
    }

    private int indent(int at) {
        return lines.get(at).length() - lines.get(at).stripLeading().length();
    }

    /** The service that a line, from 1, belongs to. */
    Optional<String> serviceAt(int line) {
        return services.stream().filter(service -> service.first <= line && line <= service.last)
                .map(Service::name).findFirst();
    }

    /** The text without the services; absent if that cannot be done for certain. */
    Optional<String> without(Set<String> names) {
        var out = new HashSet<Integer>();
        for (var service : services) {
            if (names.contains(service.name)) {
                for (int line = service.first; line <= service.last; line++) {
                    out.add(line);
                }
            }
        }
        for (int i = 0; i < lines.size(); i++) {
            if (!out.contains(i + 1) && DEPENDS.matcher(lines.get(i)).matches()) {
                out.addAll(dependencies(i, names));
            }
        }
        out.removeIf(line -> isFiller(line - 1));
        var edited = InfraEdits.commented(text, out);
        try {
            var expected = expected(parse(text), names);
            return expected.filter(parse(edited)::equals).map(_ -> edited);
        } catch (YAMLException e) {
            return Optional.empty();
        }
    }

    /** The lines below depends_on that name one of the services; its own too if no other is left. */
    private Set<Integer> dependencies(int start, Set<String> names) {
        var gone = new HashSet<Integer>();
        boolean isEmpty = true;
        int i = start + 1;
        while (i < lines.size() && (isFiller(i) || indent(i) > indent(start)
                || (indent(i) == indent(start) && ITEM.matcher(lines.get(i)).matches()))) {
            int last = isFiller(i) ? i : Math.max(i, end(i) - 1);
            if (!isFiller(i)) {
                var item = ITEM.matcher(lines.get(i));
                var header = HEADER.matcher(lines.get(i));
                var name = item.matches() ? item.group(1) : header.matches() ? header.group(2) : "";
                if (names.contains(name)) {
                    for (int line = i; line <= last; line++) {
                        gone.add(line + 1);
                    }
                } else {
                    isEmpty = false;
                }
            }
            i = last + 1;
        }
        if (isEmpty) {
            gone.add(start + 1);
        }
        return gone;
    }

    private static Map<?, ?> parse(String text) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(text) instanceof Map<?, ?> map ? map : Map.of();
    }

    /** What the file should mean then; absent if others need the services in another way, or none would be left. */
    private static Optional<Map<Object, Object>> expected(Map<?, ?> document, Set<String> names) {
        if (!(document.get("services") instanceof Map<?, ?> all) || names.containsAll(all.keySet())) {
            return Optional.empty();
        }
        var services = new LinkedHashMap<Object, Object>();
        for (var service : all.entrySet()) {
            if (!names.contains(String.valueOf(service.getKey()))) {
                var kept = service.getValue() instanceof Map<?, ?> map
                        ? withoutDependencies(map, names)
                        : service
                                .getValue();
                if (isBound(kept, names)) {
                    return Optional.empty();
                }
                services.put(service.getKey(), kept);
            }
        }
        var expected = new LinkedHashMap<Object, Object>(document);
        expected.put("services", services);
        return Optional.of(expected);
    }

    private static Map<Object, Object> withoutDependencies(Map<?, ?> service, Set<String> names) {
        var kept = new LinkedHashMap<Object, Object>(service);
        switch (service.get(DEPENDS_ON)) {
            case List<?> list ->
                kept.put(DEPENDS_ON, list.stream().filter(name -> !names.contains(String.valueOf(name)))
                        .toList());
            case Map<?, ?> map -> {
                var left = new LinkedHashMap<Object, Object>(map);
                left.keySet().removeIf(name -> names.contains(String.valueOf(name)));
                kept.put(DEPENDS_ON, left);
            }
            case null, default -> {
                return kept;
            }
        }
        if (List.of().equals(kept.get(DEPENDS_ON)) || Map.of().equals(kept.get(DEPENDS_ON))) {
            kept.remove(DEPENDS_ON);
        }
        return kept;
    }

    /** Whether a service needs one of them by link, network, volume or as a model. */
    private static boolean isBound(Object service, Set<String> names) {
        if (!(service instanceof Map<?, ?> map)) {
            return false;
        }
        for (var key : List.of("links", "extends", "network_mode", "volumes_from", "ipc", "pid")) {
            var value = String.valueOf(map.get(key));
            if (names.stream().anyMatch(name -> Pattern.compile("\\b" + Pattern.quote(name) + "\\b").matcher(value)
                    .find())) {
                return true;
            }
        }
        return false;
    }
}
