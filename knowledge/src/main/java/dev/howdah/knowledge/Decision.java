package dev.howdah.knowledge;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A technical decision.
 *
 * @param what was decided; unique in its repository
 * @param why for what reason; may be empty
 * @param alternatives what was turned down
 * @param details what has no field of its own
 */
public record Decision(String what, String why, List<String> alternatives, ObjectNode details) {
    public Decision {
        alternatives = List.copyOf(alternatives);
        details = details.deepCopy();
        new Checks().required("what", what).text("what", what).text("why", why).texts("alternatives", alternatives)
                .json("details", details).check("decision-invalid");
    }
}
