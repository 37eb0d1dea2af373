package dev.howdah.agent.dependencies;

import dev.howdah.knowledge.RelationshipType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.triage.Relationship;
import dev.howdah.agent.triage.Urgency;
import dev.howdah.postgres.InvalidInputException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RelationshipsTest {
    private final Relationships relationships = new Relationships(AgentDatabase.create());

    @Test
    void addsAndUpdates() {
        assertThat(put(edge("a/api", "a/shop", "old"), edge("a/api", "a/app", "x")))
                .isEqualTo(new Relationships.Imported(3, 2, 0));
        assertThat(put(edge("a/api", "a/shop", "new"))).isEqualTo(new Relationships.Imported(2, 0, 1));

        assertThat(relationships.dependentsOf("a/api")).extracting(Relationship::description)
                .containsExactlyInAnyOrder("new", "x");
        assertThat(relationships.dependenciesOf("a/shop")).singleElement().isEqualTo(edge("a/api", "a/shop", "new"));
        assertThat(relationships.find("a/api", "a/shop", RelationshipType.TEMPLATE_FORK)).isEmpty();
        assertThat(relationships.has("a/shop")).isTrue();
        assertThat(relationships.has("a/none")).isFalse();
    }

    @Test
    void keepsALocationUntilAnotherIsTold() {
        relationships.put(List.of(edge("a/api", "a/shop", "")), Map.of("a/shop", "/repos/shop"), false);
        put(edge("a/api", "a/shop", "again"));
        assertThat(relationships.location("a/shop")).contains("/repos/shop");
        assertThat(relationships.location("a/api")).isEmpty();
    }

    @Test
    void refusesACircleAndNamesItAndStoresNothing() {
        put(edge("a/1", "a/2", ""), edge("a/2", "a/3", ""));
        assertThatThrownBy(() -> put(edge("a/9", "a/8", ""), edge("a/3", "a/1", "")))
                .isInstanceOf(InvalidInputException.class).message().contains("a/1", "a/2", "a/3", "→");
        assertThat(relationships.has("a/9")).isFalse();
        assertThat(relationships.put(List.of(edge("a/3", "a/1", "")), Map.of(), true).added()).isEqualTo(1);
    }

    @Test
    void takesImportsFromSeveralAtOnce() throws Exception {
        var edges = IntStream.range(0, 50).mapToObj(i -> edge("a/" + i, "b/" + i, "")).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Integer> forward = () -> relationships.put(edges, Map.of(), false).added();
            Callable<Integer> backward = () -> relationships.put(edges.reversed(), Map.of(), false).added();
            int added = 0;
            for (var one : threads.invokeAll(List.of(forward, backward, forward, backward))) {
                added += one.get();
            }
            assertThat(added).isEqualTo(50);
        }
    }

    private Relationships.Imported put(Relationship... edges) {
        return relationships.put(List.of(edges), Map.of(), false);
    }

    private static Relationship edge(String source, String target, String description) {
        return new Relationship(source, target, RelationshipType.API_CONSUMER, description, List.of("client.py"),
                List.of("endpoints"), Map.of("endpoints", Urgency.HIGH), List.of(), List.of(), "selective", false);
    }
}
