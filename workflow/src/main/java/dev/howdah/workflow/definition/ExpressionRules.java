package dev.howdah.workflow.definition;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Every expression of a definition compiles, is within its limit, and names only nodes that there are. */
final class ExpressionRules {
    private final WorkflowDefinition definition;
    private final WorkflowLimits limits;
    private final Faults faults;
    private final Set<String> ids = new HashSet<>();

    ExpressionRules(WorkflowDefinition definition, WorkflowLimits limits, Faults faults) {
        this.definition = definition;
        this.limits = limits;
        this.faults = faults;
        definition.nodes().forEach(node -> ids.add(node.id()));
    }

    void check() {
        for (int i = 0; i < definition.nodes().size(); i++) {
            checkNode("nodes[" + i + "]", definition.nodes().get(i));
        }
        for (int i = 0; i < definition.edges().size(); i++) {
            var edge = definition.edges().get(i);
            edge.condition().ifPresent(condition -> checkCondition(
                    "edges[" + edge.from() + " -> " + edge.to() + "].condition", condition));
        }
    }

    private void checkNode(String path, WorkflowNode node) {
        node.condition().ifPresent(condition -> checkCondition(path + ".condition", condition));
        var config = node.config();
        switch (node.type()) {
            case CONDITION -> {
                if (config.path("expression").isString() && !config.path("expression").asString().isBlank()) {
                    checkCondition(path + ".config.expression", config.path("expression").asString());
                }
            }
            case MAP -> {
                checkItems(path + ".config.items", config.path("items"));
                node.children().forEach(child -> checkNode(path + ".config.node", child));
            }
            case PARALLEL_GROUP -> {
                for (int i = 0; i < node.children().size(); i++) {
                    checkNode(path + ".config.nodes[" + i + "]", node.children().get(i));
                }
            }
            case COMPENSATE -> node.children().forEach(child -> checkNode(path + ".config.run", child));
            case PHASE, TASK, HTTP, SKILL, MODEL, AGENT, SUB_WORKFLOW, WAIT, SIGNAL, HUMAN_REVIEW ->
                checkTemplate(path + ".config", config);
        }
    }

    private void checkItems(String path, JsonNode items) {
        if (items.isString() && !items.asString().isBlank()) {
            checkExpression(path, items.asString());
        } else {
            checkTemplate(path, items);
        }
    }

    private void checkTemplate(String path, JsonNode template) {
        try {
            Expressions.eachExpression(template, path, this::checkExpression);
        } catch (ExpressionException e) {
            faults.add(path, e.problem(), e.remedy());
        }
    }

    private void checkCondition(String path, String expression) {
        inspect(path, expression).filter(known -> !known.mayBeCondition()).ifPresent(known -> faults.add(path,
                "\"" + expression + "\" is neither true nor false", "compare something, for example x == 1"));
    }

    private void checkExpression(String path, String expression) {
        inspect(path, expression);
    }

    /** What is known of the expression, unless it has a fault. */
    private Optional<Expressions.Inspected> inspect(String path, String expression) {
        if (expression.length() > limits.expressionMax()) {
            faults.add(path, "the expression has " + expression.length() + " characters, and the limit is "
                    + limits.expressionMax(), "let a node compute it");
            return Optional.empty();
        }
        try {
            var known = Expressions.shared().inspect(expression);
            for (var id : known.references().nodes()) {
                if (!ids.contains(id)) {
                    faults.add(path, "\"" + expression + "\" refers to the node \"" + id + "\", which is not there",
                            faults.isMany() ? "add it" : Words.nearest(id, ids, "add it, or remove the reference"));
                }
            }
            return Optional.of(known);
        } catch (ExpressionException e) {
            faults.add(path, e.problem(), e.remedy());
            return Optional.empty();
        }
    }
}
