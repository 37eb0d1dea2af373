package dev.howdah.agent.triage;

import dev.howdah.knowledge.RelationshipType;

import static dev.howdah.agent.triage.Examples.diff;
import static dev.howdah.agent.triage.Examples.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.agent.source.ChangedFile;
import dev.howdah.agent.source.RepositorySource;
import dev.howdah.postgres.NotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TriageTest {
    private static final String USE = "get(\"/orders/42\")";
    private static final ChangedFile BREAKING = diff("src/handlers.py", "-@app.get(\"/orders/{id}\")");

    private final List<TriageRequest> asked = new ArrayList<>();

    /** Answers from a map; a repository without files is not there. */
    private record Files(Map<String, String> files) implements RepositorySource {
        @Override
        public java.util.List<String> files(String repository, int filesMax) {
            return java.util.List.copyOf(files.keySet());
        }

        @Override
        public java.util.Set<String> changedSince(String repository, Optional<String> sinceCommit,
                java.time.Instant since) {
            return java.util.Set.of();
        }

        @Override
        public boolean has(String repository) {
            return !files.isEmpty();
        }

        @Override
        public Optional<String> file(String repository, String path, int bytesMax) {
            if (files.isEmpty()) {
                throw new NotFoundException("repository-not-found", "there is no clone of " + repository, "clone it");
            }
            return Optional.ofNullable(files.get(path)).filter(text -> text.length() <= bytesMax);
        }
    }

    private Triage triage(Map<String, String> files) {
        return new Triage(new Files(files), new TriageModel() {
            private final TriageModel builtIn = new BuiltInTriageModel();

            @Override
            public String name() {
                return "asked";
            }

            @Override
            public TriageResult decide(TriageRequest request) {
                asked.add(request);
                return builtIn.decide(request);
            }
        });
    }

    @Test
    void doesNotAskTheModelAboutWhatIsNotRelevant() {
        var result = triage(Map.of("client.py", USE)).decide(Examples.consumer(), event("Say more",
                diff("README.md", "+hello")));
        assertThat(result).isEqualTo(new TriageResult(false, Urgency.LOW, "Not relevant for acme/shop", List.of(), "",
                0.9, "No trigger of the relationship and no interface file is touched.", "The shop reads orders.",
                "filter"));
        assertThat(asked).isEmpty();
    }

    @Test
    void countsMessageAndPathsSoThatAnEventWithoutAnAnalysisIsNotLost() {
        var triage = triage(Map.of("client.py", USE));
        assertThat(triage.decide(Examples.consumer(), event("Drop an endpoint", diff("src/x.py", "-def f():")))
                .model()).isEqualTo("built-in");
        assertThat(triage.decide(Examples.consumer(), event("Tidy", diff("src/routes/x.py", "-def f():")))
                .model()).isEqualTo("built-in");
        assertThat(triage.decide(Examples.fork(), event("Tidy", diff("Dockerfile", "+USER app"))).model())
                .isEqualTo("built-in");
        assertThat(triage.decide(Examples.fork(), event("Tidy the business service", diff("src/service.py",
                "-def f():"))).model()).isEqualTo("filter");
    }

    @Test
    void matchesWholeWordsOnly() {
        var result = triage(Map.of()).decide(Examples.consumer(List.of("deployment"), Map.of()),
                event("Write the report", diff("report.txt", "-x")));
        assertThat(result.model()).isEqualTo("filter");
    }

    @Test
    void honoursTheAgreedUrgency() {
        var edge = Examples.consumer(List.of("api_contract", "deployment"), Map.of("api_contract", Urgency.MEDIUM,
                "deployment", Urgency.LOW));
        var result = triage(Map.of("client.py", USE)).decide(edge, event("Change the api", BREAKING));
        assertThat(result.urgency()).isEqualTo(Urgency.MEDIUM);
        assertThat(result.reasoning()).contains("Urgency CRITICAL became MEDIUM");
    }

    @Test
    void givesTheModelTheFirstFiveInterfaceFilesAndANoteForWhatIsMissing() {
        var edge = new Relationship("acme/api", "acme/shop", RelationshipType.API_CONSUMER, "", List.of("1", "2", "3",
                "4", "5", "6"), List.of("api_contract"), Map.of(), List.of(), List.of(), "selective", false);
        triage(Map.of("1", "one", "3", "x".repeat(100_001))).decide(edge, event("Change the api", BREAKING));
        assertThat(asked.getFirst().targetFiles()).hasSize(5);
        assertThat(asked.getFirst().targetFiles()).filteredOn(TriageRequest.TargetFile::present)
                .extracting(TriageRequest.TargetFile::path).containsExactly("1");
    }

    @Test
    void saysWhereItLookedWhenTheRepositoryIsNotThere() {
        var result = triage(Map.of()).decide(Examples.consumer(), event("Change the api", BREAKING));
        assertThat(result.urgency()).isEqualTo(Urgency.HIGH);
        assertThat(result.reasoning()).contains("there is no clone of acme/shop");
    }
}
