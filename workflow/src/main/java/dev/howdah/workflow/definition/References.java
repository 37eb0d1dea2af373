package dev.howdah.workflow.definition;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which nodes' outputs an expression or a template looks at.
 *
 * @param nodes those that it names
 * @param all whether it uses {@code outputs} as a whole, or under a name that is known only when it runs
 */
public record References(Set<String> nodes, boolean all) {
    /** It looks at none. */
    public static final References NONE = new References(Set.of(), false);

    public References {
        nodes = Set.copyOf(nodes);
    }

    /** What either of the two looks at. */
    public References and(References other) {
        if (equals(NONE) || other.equals(NONE)) {
            return equals(NONE) ? other : this;
        }
        var both = new LinkedHashSet<>(nodes);
        both.addAll(other.nodes);
        return new References(both, all || other.all);
    }
}
