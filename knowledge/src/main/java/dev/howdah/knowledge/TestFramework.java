package dev.howdah.knowledge;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a repository is tested with. Unique in its repository by name.
 *
 * @param coveragePercentage 0 to 100, if it was measured
 * @param details what has no field of its own
 */
public record TestFramework(@JsonProperty("framework_name") String name, Optional<Double> coveragePercentage,
        ObjectNode details) {
    public TestFramework {
        details = details.deepCopy();
        var checks = new Checks().name("name", name).json("details", details);
        double coverage = coveragePercentage.orElse(0.0);
        if (!(coverage >= 0 && coverage <= 100)) {
            checks.fault("coverage_percentage", coverage + " is out of range", "use 0 to 100");
        }
        checks.check("test-framework-invalid");
    }
}
