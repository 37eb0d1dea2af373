package dev.howdah.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SkillRegistryTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final SkillRegistry skills = new SkillRegistry(List.of(skill("echo")));

    @Test
    void runsASkillAndUnderstandsOtherNamesOfFields() {
        assertThat(skills.execute("echo", JSON.readTree("{\"repo\": \"a/b\", \"count\": 2}")).data().path("repo")
                .asString()).isEqualTo("a/b");
        assertThat(skills.execute("echo", JSON.readTree("{\"repository\": \"a/b\"}")).data().path("repo").asString())
                .isEqualTo("a/b");
    }

    @Test
    void refusesInputThatDoesNotFitAndNamesEveryField() {
        assertThatThrownBy(() -> skills.execute("echo", JSON.readTree("{\"count\": \"two\"}")))
                .isInstanceOf(InvalidInputException.class).message().contains("/repo: is missing", "/count: ");
        assertThatThrownBy(() -> skills.execute("echo", JSON.readTree("[1]")))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("no JSON object");
    }

    @Test
    void namesTheSkillsThatThereAre() {
        assertThatThrownBy(() -> skills.execute("eco", JSON.createObjectNode())).isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no skill \"eco\"; use one of echo");
    }

    @Test
    void refusesTwoOfOneName() {
        assertThatThrownBy(() -> new SkillRegistry(List.of(skill("a"), skill("a")))).hasMessageContaining("called a");
    }

    private static Skill skill(String name) {
        var schema = (ObjectNode) JSON.readTree("""
            {"type": "object", "required": ["repo"], "properties": {"repo": {"type": "string"},
               "count": {"type": "integer"}}}
            """);
        return new Skill(name, name, "Answers its input.", SkillCategory.QUERY, schema, JSON.createObjectNode(),
                Map.of("repository", "repo"), false, false, SkillResult::of);
    }
}
