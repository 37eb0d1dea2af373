package dev.howdah.spring.session;

import dev.howdah.sessions.SessionChange;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What one session holds: what was stored, read when it is asked for, and what was set and removed since. A value that is changed without
 * being set again is not stored, as in Spring Session's {@code SaveMode.ON_SET_ATTRIBUTE}; until the session is saved, changes of a value
 * that was set count.
 */
final class SessionAttributes {
    private final AttributeValues values;
    private final Map<String, Object> read = new HashMap<>();
    private final Map<String, Object> set = new HashMap<>();
    private final Set<String> removed = new HashSet<>();
    private Map<String, JsonNode> stored;

    SessionAttributes(AttributeValues values, Map<String, JsonNode> stored) {
        this.values = values;
        this.stored = stored;
    }

    @Nullable
    Object get(String name) {
        var now = set.get(name);
        if (now != null) {
            return now;
        }
        return removed.contains(name) ? null : read(name);
    }

    private @Nullable Object read(String name) {
        var node = stored.get(name);
        if (node != null && !read.containsKey(name)) {
            values.read(name, node).ifPresent(value -> read.put(name, value));
        }
        return read.get(name);
    }

    /** Those that can be read. */
    Set<String> names() {
        var names = new HashSet<>(stored.keySet());
        names.addAll(set.keySet());
        names.removeIf(name -> get(name) == null);
        return Set.copyOf(names);
    }

    void set(String name, Object value) {
        removed.remove(name);
        set.put(name, value);
    }

    /** Removing what is not there is no change: Spring Security does so with every sign-in. */
    void remove(String name) {
        set.remove(name);
        if (stored.containsKey(name)) {
            removed.add(name);
        }
    }

    boolean isChanged() {
        return !set.isEmpty() || !removed.isEmpty();
    }

    /** What was set, as it is now. */
    Map<String, JsonNode> written() {
        var json = new HashMap<String, JsonNode>();
        set.forEach((name, value) -> json.put(name, values.write(name, value)));
        return json;
    }

    SessionChange change() {
        return SessionChange.setting(written()).withRemoved(removed);
    }

    /** Names only: for those who tell that a change was not stored. */
    Set<String> changedNames() {
        var names = new HashSet<>(set.keySet());
        names.addAll(removed);
        return names;
    }

    /** Nothing has changed since this was stored, by this session and others. */
    void saved(Map<String, JsonNode> now) {
        read.clear();
        read.putAll(set);
        set.clear();
        removed.clear();
        stored = now;
    }
}
