package dev.howdah.documents;

import static dev.howdah.documents.Collections.json;
import static dev.howdah.documents.Collections.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.documents.changes.ChangeEvent;
import dev.howdah.documents.changes.ChangeSelection;
import dev.howdah.documents.changes.ChangeToken;
import dev.howdah.documents.query.Filter;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.UnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What becomes of documents whose writers are killed: every write is whole or not there, and so are its changes. */
class KillTest {
    private static final int BATCH = 60;

    private final Database database = Collections.migrated();
    private final Documents documents = Collections.open(database);
    private final DocumentCollection written = documents.collection("written");

    @Test
    void leavesEveryWriteWholeWhenItsProcessIsKilled() throws Exception {
        documents.create("written", CollectionOptions.none());
        for (int kill = 0; kill < 3; kill++) {
            long before = count();
            var process = start();
            try {
                await().atMost(Duration.ofMinutes(2)).until(() -> count() > before + 5 * BATCH);
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        await().until(() -> database.withHandle(handle -> handle.createQuery("""
            SELECT count(*) FROM pg_stat_activity
             WHERE state <> 'idle' AND query LIKE '%documents%' AND pid <> pg_backend_pid()
            """).mapTo(Long.class).one()) == 0); // a statement that was on its way may still end
        var all = written.find(Query.of(Filter.ALL));
        all.stream().collect(Collectors.groupingBy(document -> document.value().path("batch").asString())).values()
                .forEach(batch -> {
                    assertThat(batch).hasSize(BATCH);
                    assertThat(batch.stream().map(Document::rev).distinct()).as("all were updated or none").hasSize(1);
                });
        var revisions = new HashMap<String, Long>();
        for (var event : changes()) {
            assertThat(event.rev()).as(event.id()).isEqualTo(revisions.getOrDefault(event.id(), 0L) + 1);
            revisions.put(event.id(), event.rev());
        }
        assertThat(revisions).isEqualTo(all.stream().collect(Collectors.toMap(Document::id, Document::rev)));
    }

    @Test
    void saysSoWhenTheDatabaseIsGone() {
        var settings = database.settings();
        var nowhere = TestDatabase.open(DatabaseSettings.of("jdbc:postgresql://127.0.0.1:1/none", settings.user(),
                settings.password(), settings.schema()).withPool(2, 0));
        try (var gone = Collections.open(nowhere)) {
            assertThatThrownBy(() -> gone.collection("any").insert(NewDocument.of(json("{}"))))
                    .isInstanceOf(UnavailableException.class);
            assertThatThrownBy(() -> gone.changes().now()).isInstanceOf(UnavailableException.class);
        }
    }

    private List<ChangeEvent> changes() {
        var events = new ArrayList<ChangeEvent>();
        var at = new ChangeToken(0, 0, 0);
        boolean isComplete = false;
        while (!isComplete) {
            var page = documents.changes().read(ChangeSelection.all(), at, 1000);
            events.addAll(page.events());
            at = page.next();
            isComplete = page.isComplete();
        }
        return events;
    }

    private long count() {
        return written.count(Filter.ALL, OptionalLong.empty());
    }

    private Process start() throws Exception {
        var settings = database.settings();
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx200m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                KillTest.class.getName(), settings.url(), settings.user(), settings.password(), settings.schema())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    /** A process that writes, to be killed. */
    public static void main(String[] args) {
        var database = Database.open(DatabaseSettings.of(args[0], args[1], args[2], args[3]).withPool(4, 0));
        var written = Collections.open(database).collection("written");
        while (true) {
            var batch = UUID.randomUUID().toString();
            written.insert(IntStream.range(0, BATCH).mapToObj(i -> NewDocument.of(json("{}").put("batch", batch)))
                    .toList());
            written.updateMany(Filter.parse(json("{}").put("batch", batch)), update("{'$inc': {'n': 1}}"));
        }
    }
}
