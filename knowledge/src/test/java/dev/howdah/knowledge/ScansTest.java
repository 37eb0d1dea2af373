package dev.howdah.knowledge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.scan.ScanProgress;
import dev.howdah.knowledge.search.KnowledgeSearch;
import dev.howdah.knowledge.search.SearchHit;
import dev.howdah.knowledge.search.SearchRequest;
import dev.howdah.knowledge.vector.VectorIndexes;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ScansTest {
    @TempDir
    private Path directory = Path.of("");

    private final Database database = SearchDatabase.create();
    private final KnowledgeSettings settings = KnowledgeSettings.from(Configuration.of(Map.of()));
    private final KnowledgeCollection collection = new KnowledgeCollection(new KnowledgeSearch(database,
            new PostgresTaskQueue(database, QueueSettings.defaults()), new VectorIndexes(database, settings.vectors()),
            Optional.empty(), settings.search()));
    private final Knowledge knowledge = Knowledge.of(database, collection);
    private Scans scans = new Scans(database, knowledge, List.of(), Optional.empty());

    @BeforeEach
    void commit() throws Exception {
        scans = new Scans(database, knowledge, List.of(directory), Optional.empty());
        Files.writeString(directory.resolve("README.md"), "# Till\n\nTakes payments of small shops.\n");
        Files.writeString(directory.resolve("requirements.txt"), "celery==5.4.0\nfastapi>=0.110\npytest\n");
        Files.writeString(directory.resolve("Dockerfile"), "FROM python:3.12\nCMD [\"python\", \"till.py\"]\n");
        Files.writeString(directory.resolve("till.py"), """
            from celery import Celery

            app = Celery("till")


            class PaymentBook:
                \"""Keeps payments until they are settled.\"""

                def settle(self, payment):
                    if payment.amount > 0 and not payment.settled:
                        return True
                    return False

                def refund(self, payment):
                    if not payment.settled:
                        raise ValueError("not settled")
                    payment.settled = False
                    self.refunds.append(payment)
                    return payment

                def total(self):
                    total = 0
                    for payment in self.payments:
                        if payment.settled:
                            total += payment.amount
                    for payment in self.refunds:
                        total -= payment.amount
                    return total
            """);
        try (var git = Git.init().setDirectory(directory.toFile()).call()) {
            git.add().addFilepattern(".").call();
            git.commit().setMessage("First").setAuthor("a", "a@example.org").setCommitter("a", "a@example.org")
                    .setSign(false).call();
        }
    }

    @Test
    void storesWhatIsFoundAndASecondScanChangesNoCount() {
        var found = scans.scan(directory, Optional.of("acme/till"), ScanProgress.NONE);
        assertThat(found.path("dependencies").asInt()).isEqualTo(3);
        var counts = counts();
        scans.scan(directory, Optional.of("acme/till"), ScanProgress.NONE);
        assertThat(counts()).isEqualTo(counts);
        var known = knowledge.repositories().get("acme/till").repository();
        assertThat(known.problemDomain()).contains("payments of small shops");
        assertThat(known.primaryLanguage()).isEqualTo("Python");
        assertThat(knowledge.components().list(Optional.of("acme/till"), Optional.empty(), 10).items())
                .extracting(entry -> entry.value().name()).contains("PaymentBook");
        assertThat(knowledge.scripts().list(Optional.of("acme/till"), Optional.empty(), 10).items()).isNotEmpty();
        assertThat(knowledge.frameworks().list(Optional.of("acme/till"), Optional.empty(), 10).items()).isNotEmpty();
    }

    @Test
    void whatIsFoundIsFoundByItsWordsAtOnce() {
        scans.scan(directory, Optional.of("acme/till"), ScanProgress.NONE);
        assertThat(titles("tasks that run in the background", "pattern").getFirst()).containsIgnoringCase("task");
        assertThat(titles("what keeps payments until they are settled?", "component")).startsWith("PaymentBook");
    }

    @Test
    void aLanguageModelAddsPatternsThatTheRulesDoNotKnow() {
        var prompts = new ArrayList<String>();
        var enriched = new Scans(database, knowledge, List.of(directory), Optional.of(prompt -> {
            prompts.add(prompt);
            return """
                ```json
                {"patterns": [{"name": "Ledger", "description": "Keeps what was paid", "context": "PaymentBook",
                               "keywords": ["payments", 5]}, {"description": "nameless"}]}
                ```""";
        }));
        int byRules = scans.scan(directory, Optional.of("acme/till"), ScanProgress.NONE).path("patterns").asInt();
        var found = enriched.scan(directory, Optional.of("acme/till"), ScanProgress.NONE);
        assertThat(found.path("patterns").asInt()).isEqualTo(byRules + 1);
        assertThat(prompts.getFirst()).contains("PaymentBook", "celery");
        assertThat(titles("what was paid?", "pattern")).startsWith("Ledger");
    }

    @Test
    void aModelThatFailsOrTalksNonsenseLeavesWhatTheRulesFound() {
        for (Function<String, String> chat : List.<Function<String, String>>of(prompt -> "I would rather not",
                prompt -> {
                    throw new UnavailableException("model-unavailable", "the model did not answer", "", null);
                })) {
            var found = new Scans(database, knowledge, List.of(directory), Optional.of(chat)).scan(directory,
                    Optional.of("acme/till"), ScanProgress.NONE);
            assertThat(found.path("patterns").asInt()).isPositive();
            assertThat(found.path("warnings").toString()).contains("language model added nothing");
        }
    }

    @Test
    void aScanThatIsStoppedStoresNothing() {
        assertThatThrownBy(() -> scans.scan(directory, Optional.of("acme/till"), (done, total) -> false))
                .isInstanceOf(CancellationException.class);
        assertThat(knowledge.repositories().find("acme/till")).isEmpty();
    }

    @Test
    void readsNothingOutsideOfItsRoots() throws Exception {
        assertThatThrownBy(() -> scans.task("/", Optional.empty())).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("repository-roots");
        assertThatThrownBy(() -> scans.task(directory.resolve("none").toString(), Optional.empty()))
                .isInstanceOf(InvalidInputException.class);
        Files.createSymbolicLink(directory.resolve("link"), Path.of("/"));
        assertThatThrownBy(() -> scans.task(directory.resolve("link").toString(), Optional.empty()))
                .hasMessageContaining("repository-roots");
        assertThat(scans.task(directory.toString(), Optional.empty()).payload().path("path").asString())
                .isEqualTo(directory.toRealPath().toString());
        assertThatThrownBy(() -> scans.scan(directory, Optional.of("no name"), ScanProgress.NONE))
                .isInstanceOf(InvalidInputException.class);
    }

    private JsonNode counts() {
        var known = knowledge.repositories().get("acme/till").toJson();
        known.remove(List.of("updated_at", "last_analyzed", "details"));
        return known.put("analyses", knowledge.analyses().list(Optional.of("acme/till"), Optional.empty(), 10).items()
                .size());
    }

    private List<String> titles(String question, String kind) {
        return collection.search(SearchRequest.of(question, 5)
                .with(Filter.eq("kind", kind))).hits().stream().map(SearchHit::title)
                .toList();
    }
}
