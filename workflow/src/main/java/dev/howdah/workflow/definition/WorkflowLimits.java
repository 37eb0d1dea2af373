package dev.howdah.workflow.definition;

/**
 * What a definition may be at most.
 *
 * @param nodesMax nodes of a definition, children of maps and groups counted as written
 * @param textMax characters of its JSON or YAML
 * @param expressionMax characters of one expression
 * @param mapConcurrencyMax items of one map or group that run at the same time
 * @param nestingMax levels of children below a node
 */
public record WorkflowLimits(int nodesMax, int textMax, int expressionMax, int mapConcurrencyMax, int nestingMax) {
    private static final WorkflowLimits DEFAULTS = new WorkflowLimits(10_000, 5 * 1024 * 1024,
            Expressions.EXPRESSION_MAX, 1_000, 3);

    public WorkflowLimits {
        if (nodesMax < 1 || textMax < 1 || expressionMax < 1 || mapConcurrencyMax < 1 || nestingMax < 0) {
            throw new IllegalArgumentException("the limits of workflows are positive");
        }
        if (expressionMax > Expressions.EXPRESSION_MAX) {
            throw new IllegalArgumentException(
                    "expressions have at most " + Expressions.EXPRESSION_MAX + " characters");
        }
    }

    public static WorkflowLimits defaults() {
        return DEFAULTS;
    }

    public WorkflowLimits withNodesMax(int max) {
        return new WorkflowLimits(max, textMax, expressionMax, mapConcurrencyMax, nestingMax);
    }

    public WorkflowLimits withTextMax(int max) {
        return new WorkflowLimits(nodesMax, max, expressionMax, mapConcurrencyMax, nestingMax);
    }

    public WorkflowLimits withExpressionMax(int max) {
        return new WorkflowLimits(nodesMax, textMax, max, mapConcurrencyMax, nestingMax);
    }

    public WorkflowLimits withMapConcurrencyMax(int max) {
        return new WorkflowLimits(nodesMax, textMax, expressionMax, max, nestingMax);
    }

    public WorkflowLimits withNestingMax(int max) {
        return new WorkflowLimits(nodesMax, textMax, expressionMax, mapConcurrencyMax, max);
    }
}
