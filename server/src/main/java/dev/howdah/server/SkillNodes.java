package dev.howdah.server;

import dev.howdah.workflow.NodeAnswer;
import dev.howdah.workflow.NodeHandler;
import dev.howdah.workflow.NodeResult;
import dev.howdah.workflow.NodeRun;
import dev.howdah.agent.Skill;
import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.SkillResult;
import dev.howdah.queue.PermanentFailure;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Skills as nodes of workflows: a node's configuration is the skill's input, its output what the skill answers. The task of a
 * skill that goes on by itself is waited for; the output is {@code {answer, result}} then.
 */
final class SkillNodes {
    private SkillNodes() {}

    static Map<String, NodeHandler> of(SkillRegistry skills) {
        return skills.all().stream().collect(Collectors.toUnmodifiableMap(Skill::name,
                skill -> run -> run(skills, skill.name(), run)));
    }

    private static NodeAnswer run(SkillRegistry skills, String name, NodeRun run) {
        var result = skills.execute(name, run.config());
        result.questions().ifPresent(questions -> {
            throw new PermanentFailure("the skill " + name + " asks back, which a node cannot answer: "
                    + questions.byKey().values().stream().map(SkillResult.Question::message)
                            .collect(Collectors.joining("; "))
                    + "; give it all that it needs in the node's config");
        });
        return result.taskId().<NodeAnswer>map(task -> new NodeAnswer.UntilTask(task, result.data()))
                .orElseGet(() -> NodeResult.of(result.data()));
    }
}
