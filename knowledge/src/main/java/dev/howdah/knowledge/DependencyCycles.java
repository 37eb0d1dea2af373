package dev.howdah.knowledge;

import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds a circle of dependencies: depth-first search that keeps its path. */
public final class DependencyCycles {
    private DependencyCycles() {}

    /** That a repository is depended on by another. */
    public record Edge(String source, String target) {}

    /**
     * Refuses a circle.
     *
     * @throws InvalidInputException if the edges hold one; the message names it
     */
    public static void refuse(Collection<Edge> edges) {
        var cycle = find(edges);
        if (!cycle.isEmpty()) {
            throw new InvalidInputException("relationship-cycle", "/relationships",
                    "these repositories depend on each other in a circle: " + String.join(" → ", cycle),
                    "remove one of these relationships, or allow circles (--allow-cycles, ?allow_cycles=true)");
        }
    }

    /** The repositories of one circle, the first one repeated at the end; empty if there is none. */
    static List<String> find(Collection<Edge> edges) {
        Map<String, Set<String>> targets = new TreeMap<>();
        for (var edge : edges) {
            targets.computeIfAbsent(edge.source(), key -> new TreeSet<>()).add(edge.target());
        }
        var done = new HashSet<String>();
        for (var start : targets.keySet()) {
            var cycle = search(start, targets, done);
            if (!cycle.isEmpty()) {
                return cycle;
            }
        }
        return List.of();
    }

    /** Without recursion: a chain of repositories may be long. */
    private static List<String> search(String start, Map<String, Set<String>> targets, Set<String> done) {
        var path = new ArrayList<String>();
        var positions = new HashMap<String, Integer>();
        var pending = new ArrayDeque<ArrayDeque<String>>();
        pending.push(new ArrayDeque<>(List.of(start)));
        while (!pending.isEmpty()) {
            var siblings = pending.peek();
            var next = siblings.poll();
            if (next == null) {
                pending.pop();
                if (!path.isEmpty()) {
                    var left = path.removeLast();
                    positions.remove(left);
                    done.add(left);
                }
            } else if (positions.containsKey(next)) {
                var cycle = new ArrayList<>(path.subList(positions.getOrDefault(next, 0), path.size()));
                cycle.add(next);
                return cycle;
            } else if (!done.contains(next)) {
                positions.put(next, path.size());
                path.add(next);
                pending.push(new ArrayDeque<>(targets.getOrDefault(next, Set.of())));
            }
        }
        return List.of();
    }
}
