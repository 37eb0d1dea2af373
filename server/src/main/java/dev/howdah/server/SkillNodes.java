package dev.howdah.server;

import dev.howdah.workflow.NodeHandler;
import dev.howdah.workflow.NodeResult;
import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillRegistry;
import java.util.Map;
import java.util.stream.Collectors;

/** Skills as nodes of workflows: a node's configuration is the skill's input, its output what the skill answers. */
final class SkillNodes {
    private SkillNodes() {}

    static Map<String, NodeHandler> of(SkillRegistry skills) {
        return skills.all().stream().collect(Collectors.toUnmodifiableMap(Skill::name,
                skill -> run -> NodeResult.of(skills.execute(skill.name(), run.config()).data())));
    }
}
