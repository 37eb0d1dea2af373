package dev.howdah.knowledge;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Edges that come one after the other, of which none may close a circle. Used by one thread. */
final class DependencyGraph {
    private final Map<String, Set<String>> targets = new HashMap<>();

    DependencyGraph(Collection<DependencyEdge> edges) {
        edges.forEach(this::add);
    }

    /**
     * Adds an edge, unless it would close a circle; one that is there already closes none that was not there.
     *
     * @return whether it is in the graph now
     */
    boolean addUnlessCircle(DependencyEdge edge) {
        if (targets.getOrDefault(edge.source(), Set.of()).contains(edge.target())) {
            return true;
        }
        if (leads(edge.target(), edge.source())) {
            return false;
        }
        add(edge);
        return true;
    }

    private void add(DependencyEdge edge) {
        targets.computeIfAbsent(edge.source(), key -> new HashSet<>()).add(edge.target());
    }

    private boolean leads(String from, String to) {
        var seen = new HashSet<String>();
        var pending = new ArrayDeque<>(List.of(from));
        while (!pending.isEmpty()) {
            var next = pending.pop();
            if (next.equals(to)) {
                return true;
            }
            if (seen.add(next)) {
                pending.addAll(targets.getOrDefault(next, Set.of()));
            }
        }
        return false;
    }
}
