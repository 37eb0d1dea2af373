package dev.howdah.workflow.definition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * What must hold for a graph as a whole: no cycle, no node apart from the others, a chain if it says so, compensations that
 * belong to a node. Works on ordinals and without recursion, so that ten thousand nodes in a row are no deeper than ten.
 */
final class GraphRules {
    private static final int CYCLES_TOLD_MAX = 10;
    private static final int CYCLE_SHOWN_MAX = 50;

    private final WorkflowDefinition definition;
    private final Faults faults;
    private final Map<String, Integer> ordinals = new HashMap<>();

    GraphRules(WorkflowDefinition definition, Faults faults) {
        this.definition = definition;
        this.faults = faults;
        for (int i = 0; i < definition.nodes().size(); i++) {
            ordinals.putIfAbsent(definition.nodes().get(i).id(), i);
        }
    }

    void check() {
        checkCompensations();
        checkCycles();
        checkConnected();
        if (definition.type() == WorkflowType.LINEAR) {
            checkChain();
        }
    }

    private void checkCompensations() {
        for (int i = 0; i < definition.nodes().size(); i++) {
            var node = definition.nodes().get(i);
            if (node.type() == NodeType.COMPENSATE) {
                checkCompensation(node, "nodes[" + i + "]");
            }
        }
    }

    private void checkCompensation(WorkflowNode node, String path) {
        var of = node.config().path("of").asString("");
        var target = definition.node(of);
        if (!of.isEmpty() && target.isEmpty()) {
            faults.add(path + ".config.of", "there is no node \"" + of + "\"",
                    Words.nearest(of, ordinals.keySet(), "name the node that it undoes"));
        } else if (target.isPresent() && target.get().type() == NodeType.COMPENSATE) {
            faults.add(path + ".config.of", "\"" + of + "\" is a compensation itself", "name the node that it undoes");
        }
        if (!node.dependencies().isEmpty() || !definition.dependants(node.id()).isEmpty()) {
            faults.add(path + ".dependencies", "a compensation is connected to other nodes",
                    "remove its edges: it runs after a failure, if \"" + of + "\" had completed");
        }
    }

    /** Takes away what depends on nothing that is left; what cannot be taken away is on a cycle or behind one. */
    private void checkCycles() {
        int size = definition.nodes().size();
        var unmet = new int[size];
        var free = new ArrayDeque<Integer>();
        for (int i = 0; i < size; i++) {
            unmet[i] = definition.nodes().get(i).dependencies().size();
            if (unmet[i] == 0) {
                free.add(i);
            }
        }
        int taken = 0;
        while (!free.isEmpty()) {
            taken++;
            for (var after : definition.dependants(definition.nodes().get(free.poll()).id())) {
                int ordinal = ordinals.getOrDefault(after, 0);
                if (--unmet[ordinal] == 0) {
                    free.add(ordinal);
                }
            }
        }
        if (taken < size) {
            tellCycles(unmet);
        }
    }

    /** Walks back from what is left, always to a dependency that is left too, until it comes to where it was. */
    private void tellCycles(int[] unmet) {
        var walk = new int[unmet.length]; // on which walk a node was seen
        int told = 0;
        for (int start = 0; start < unmet.length && told < CYCLES_TOLD_MAX; start++) {
            int at = start;
            while (at >= 0 && unmet[at] > 0 && walk[at] == 0) {
                walk[at] = start + 1;
                at = leftDependency(at, unmet);
            }
            if (at >= 0 && unmet[at] > 0 && walk[at] == start + 1) {
                tellCycle(at, unmet);
                told++;
            }
        }
    }

    private int leftDependency(int ordinal, int[] unmet) {
        for (var before : definition.nodes().get(ordinal).dependencies()) {
            int candidate = ordinals.getOrDefault(before, -1);
            if (candidate >= 0 && unmet[candidate] > 0) {
                return candidate;
            }
        }
        return -1;
    }

    private void tellCycle(int start, int[] unmet) {
        var ids = new ArrayList<String>();
        int at = start;
        do {
            ids.add(definition.nodes().get(at).id());
            at = leftDependency(at, unmet);
        } while (at != start);
        Collections.reverse(ids); // in the direction of the edges
        int first = Collections.min(ids.stream().map(ordinals::get).toList());
        Collections.rotate(ids, -ids.indexOf(definition.nodes().get(first).id()));
        ids.add(ids.getFirst());
        var shown = ids.size() <= CYCLE_SHOWN_MAX
                ? String.join(" -> ", ids)
                : String.join(" -> ", ids.subList(0, CYCLE_SHOWN_MAX)) + " -> … (" + (ids.size() - 1) + " nodes)";
        faults.add("nodes[" + first + "].dependencies", "the nodes wait for each other: " + shown,
                "remove one of these edges");
    }

    private void checkConnected() {
        long others = definition.nodes().stream().filter(node -> node.type() != NodeType.COMPENSATE).count();
        for (int i = 0; i < definition.nodes().size() && others > 1; i++) {
            var node = definition.nodes().get(i);
            if (node.type() != NodeType.COMPENSATE && node.dependencies().isEmpty()
                    && definition.dependants(node.id()).isEmpty()) {
                faults.add("nodes[" + i + "]", "\"" + node.id() + "\" is connected to no other node",
                        "add an edge; what is independent of all goes into a parallel_group or a workflow of its own");
            }
        }
    }

    private void checkChain() {
        int starts = 0;
        for (int i = 0; i < definition.nodes().size(); i++) {
            var node = definition.nodes().get(i);
            if (node.dependencies().size() > 1) {
                faults.add("nodes[" + i + "].dependencies", "\"" + node.id() + "\" depends on "
                        + node.dependencies().size() + " nodes, but the workflow is linear",
                        "leave one, or use type parallel");
            }
            if (definition.dependants(node.id()).size() > 1) {
                faults.add("nodes[" + i + "]", "several nodes depend on \"" + node.id()
                        + "\", but the workflow is linear: " + String.join(", ", definition.dependants(node.id())),
                        "leave one, or use type parallel");
            }
            if (node.dependencies().isEmpty() && node.type() != NodeType.COMPENSATE && starts++ == 1) {
                faults.add("nodes[" + i + "].dependencies", "\"" + node.id()
                        + "\" begins a second chain, but the workflow is linear",
                        "let it depend on the end of the first, or use type parallel");
            }
        }
    }
}
