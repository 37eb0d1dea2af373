package dev.howdah.agent.triage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.howdah.postgres.InvalidInputException;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RelationshipDocumentTest {
    @Test
    void readsConsumersForksAndLocations() {
        var document = read("""
            {"version": "1.0", "relationships": {"acme/api": {"location": "/repos/api",
               "consumers": [{"repo": "acme/shop", "interface_files": ["a.py"], "change_triggers": ["endpoints"],
                  "urgency_mapping": {"endpoints": "high"}, "location": "/repos/shop"}],
               "derivatives": [{"repo": "acme/fork", "shared_concerns": ["docker"]}]}}}
            """);
        assertThat(document.relationships()).hasSize(2);
        assertThat(document.relationships().getFirst().urgencyMapping()).containsEntry("endpoints", Urgency.HIGH);
        assertThat(document.relationships().getLast().syncStrategy()).isEqualTo("selective");
        assertThat(document.locations()).containsEntry("acme/api", "/repos/api").containsEntry("acme/shop",
                "/repos/shop");
    }

    @Test
    void listsEveryFaultWithItsPlace() {
        assertThatThrownBy(() -> read("""
            {"relationships": {"acme/api": {
               "consumers": [{"repo": "acme/shop", "change_triggers": ["api_contrat"]}, {"repo": "shop"},
                             {"repo": "acme/api"}, {"repo": "acme/x", "urgency_mapping": {"endpoints": "soon"}}, 7],
               "derivatives": [{"shared_concerns": "docker"}]}, "api": {}}}
            """)).asInstanceOf(type(InvalidInputException.class)).satisfies(e -> {
            assertThat(e.code()).isEqualTo("relationships-invalid");
            assertThat(e.faults()).extracting(InvalidInputException.Fault::field).contains(
                    "/relationships/acme~1api/consumers/0/change_triggers", "/relationships/acme~1api/consumers/1/repo",
                    "/relationships/acme~1api/consumers/2/repo", "/relationships/acme~1api/consumers/4",
                    "/relationships/acme~1api/derivatives/0/repo",
                    "/relationships/acme~1api/derivatives/0/shared_concerns");
            assertThat(e.getMessage()).contains("did you mean \"api_contract\"?", "depends on itself",
                    "\"soon\" is no urgency", "\"api\" is no repository");
        });
    }

    @Test
    void refusesADuplicateAndAMissingRoot() {
        assertThatThrownBy(() -> read("""
            {"relationships": {"acme/api": {"consumers": [{"repo": "acme/shop"}, {"repo": "acme/shop"}]}}}
            """)).hasMessageContaining("acme/api → acme/shop stands here a second time");
        assertThatThrownBy(() -> read("{}")).hasMessageContaining("relationships: is missing");
        assertThatThrownBy(() -> read("[]")).hasMessageContaining("not an object");
    }

    private static RelationshipDocument read(String json) {
        return RelationshipDocument.of(JsonMapper.shared().readTree(json));
    }
}
