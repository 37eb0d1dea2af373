package dev.howdah.workflow;

import dev.howdah.workflow.definition.Edge;
import dev.howdah.workflow.definition.Expressions;
import dev.howdah.workflow.definition.NodeType;
import dev.howdah.workflow.definition.References;
import dev.howdah.workflow.definition.WorkflowDefinition;
import dev.howdah.workflow.definition.WorkflowNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the engine asks of a version of a definition again and again, worked out once. Thread-safe. */
final class Plan {
    private final WorkflowDefinition definition;
    private final int version;
    private final Map<String, Set<String>> needs = new ConcurrentHashMap<>();
    private final List<WorkflowNode> compensations;
    private final List<WorkflowNode> flow;

    Plan(WorkflowDefinition definition, int version) {
        this.definition = definition;
        this.version = version;
        this.compensations = definition.nodes().stream().filter(node -> node.type() == NodeType.COMPENSATE).toList();
        this.flow = definition.nodes().stream().filter(node -> node.type() != NodeType.COMPENSATE).toList();
    }

    WorkflowDefinition definition() {
        return definition;
    }

    int version() {
        return version;
    }

    /** The nodes that progress is about: all but compensations. */
    List<WorkflowNode> flow() {
        return flow;
    }

    List<WorkflowNode> compensations() {
        return compensations;
    }

    /** The node that a compensation undoes. */
    String compensated(WorkflowNode compensation) {
        return compensation.config().path("of").asString();
    }

    /** The node of an id; of an item of a map or a child of a group, such as {@code map/17}, what it runs. */
    Optional<WorkflowNode> find(String nodeId) {
        int slash = nodeId.indexOf('/');
        if (slash < 0) {
            return definition.node(nodeId);
        }
        return definition.node(nodeId.substring(0, slash))
                .flatMap(parent -> child(parent, nodeId.substring(slash + 1)));
    }

    private static Optional<WorkflowNode> child(WorkflowNode parent, String path) {
        int slash = path.indexOf('/');
        var id = slash < 0 ? path : path.substring(0, slash);
        var child = parent.type() == NodeType.MAP
                ? parent.children().stream().findFirst()
                : parent.children().stream().filter(node -> node.id().equals(id)).findFirst();
        return slash < 0 ? child : child.flatMap(node -> child(node, path.substring(slash + 1)));
    }

    /** Those that wait for the node. */
    List<String> dependants(String nodeId) {
        return definition.dependants(nodeId);
    }

    /** Those behind the node, however far. */
    Set<String> allDependants(String nodeId) {
        var found = new LinkedHashSet<String>();
        var toLook = new ArrayList<>(dependants(nodeId));
        while (!toLook.isEmpty()) {
            var next = toLook.removeLast();
            if (found.add(next)) {
                toLook.addAll(dependants(next));
            }
        }
        return found;
    }

    /** Those behind which nothing stands: what they make is what the execution makes. */
    List<String> leaves() {
        return flow.stream().map(WorkflowNode::id).filter(id -> dependants(id).isEmpty()).toList();
    }

    /** The nodes whose outputs the node may look at: those before it, and those that its expressions name. */
    Set<String> needs(String nodeId) {
        int slash = nodeId.indexOf('/');
        return needs.computeIfAbsent(slash < 0 ? nodeId : nodeId.substring(0, slash), id -> {
            var node = definition.node(id).orElseThrow();
            var found = new LinkedHashSet<>(node.dependencies());
            var references = references(node);
            definition.incoming(id).stream().flatMap(edge -> edge.condition().stream())
                    .map(Expressions.shared()::references)
                    .forEach(named -> found.addAll(named.nodes()));
            if (node.type() == NodeType.COMPENSATE) {
                found.add(compensated(node));
            }
            if (references.all()) {
                definition.nodes().forEach(other -> found.add(other.id()));
            }
            found.addAll(references.nodes());
            return found;
        });
    }

    /** The edges to the node whose nodes ended well and were not skipped. */
    List<Edge> taken(String nodeId, Set<String> completed) {
        return definition.incoming(nodeId).stream().filter(edge -> completed.contains(edge.from())).toList();
    }

    /** Of the node and its children. */
    private static References references(WorkflowNode node) {
        var found = node.condition().map(Expressions.shared()::references).orElse(References.NONE)
                .and(Expressions.shared().references(node.config()));
        for (var bare : BARE_EXPRESSIONS) {
            var text = node.config().path(bare);
            if (text.isString()) {
                found = found.and(Expressions.shared().references(text.asString()));
            }
        }
        for (var child : node.children()) {
            found = found.and(references(child));
        }
        return found;
    }

    /** Fields that are expressions as they stand, without {@code ${…}}. */
    private static final List<String> BARE_EXPRESSIONS = List.of("items", "expression");
}
