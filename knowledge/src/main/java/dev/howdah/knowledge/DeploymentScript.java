package dev.howdah.knowledge;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What deploys a repository. Unique in its repository by name.
 *
 * @param description may be empty
 * @param scriptPath may be empty
 * @param platform such as "cloud_run"; may be empty
 * @param environmentVariables by name
 * @param details what has no field of its own
 */
public record DeploymentScript(String name, String description, String scriptPath, String platform,
        List<String> commands, ObjectNode environmentVariables, ObjectNode details) {
    public DeploymentScript {
        commands = List.copyOf(commands);
        environmentVariables = environmentVariables.deepCopy();
        details = details.deepCopy();
        new Checks().name("name", name).text("description", description).text("script_path", scriptPath)
                .text("platform", platform, Checks.NAME_MAX).texts("commands", commands)
                .json("environment_variables", environmentVariables).json("details", details)
                .check("deployment-script-invalid");
    }
}
