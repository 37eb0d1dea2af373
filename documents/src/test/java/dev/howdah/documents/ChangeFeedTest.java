package dev.howdah.documents;

import static dev.howdah.documents.Collections.document;
import static dev.howdah.documents.Collections.filter;
import static dev.howdah.documents.Collections.json;
import static dev.howdah.documents.Collections.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.documents.changes.ChangeEvent;
import dev.howdah.documents.changes.ChangeOperation;
import dev.howdah.documents.changes.ChangeSelection;
import dev.howdah.documents.changes.ChangeToken;
import dev.howdah.documents.query.Filter;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeFeedTest {
    private static final ChangeToken BEGIN = new ChangeToken(0, 0, 0);

    private final Database database = dev.howdah.documents.Collections.migrated();
    private final Documents documents = dev.howdah.documents.Collections.open(database);
    private final DocumentCollection people = documents.collection("people");

    @BeforeEach
    void create() {
        documents.create("people", CollectionOptions.none());
    }

    @AfterEach
    void close() {
        documents.close();
        database.close();
    }

    @Test
    void tellsEveryChangeWithItsRevision() {
        people.insert(document("{'_id': 'a', 'n': 1}"));
        people.updateMany(Filter.ALL, update("{'$inc': {'n': 1}}"));
        people.write("a", update("{'n': 9}"), WriteCondition.EXISTS);
        people.insert(IntStream.range(0, 40).mapToObj(i -> document("{'n': " + i + "}")).toList());
        people.delete("a", OptionalLong.empty());
        var events = readAll(ChangeSelection.all(), 7);
        assertThat(events).hasSize(44);
        assertThat(events.subList(0, 3)).extracting(ChangeEvent::operation).containsExactly(ChangeOperation.INSERT,
                ChangeOperation.UPDATE, ChangeOperation.REPLACE);
        assertThat(events.subList(0, 3)).extracting(ChangeEvent::rev).containsExactly(1L, 2L, 3L);
        assertThat(events.getLast().operation()).isEqualTo(ChangeOperation.DELETE);
        assertThat(events).extracting(ChangeEvent::token).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void selectsByCollectionOperationAndDocument() {
        documents.create("other", CollectionOptions.none());
        documents.collection("other").insert(document("{'n': 1}"));
        people.insert(List.of(document("{'_id': 1, 'n': 1}"), document("{'_id': 2, 'n': 2}"),
                document("{'_id': 3, 'n': 3}")));
        people.delete("$number:3", OptionalLong.empty());
        var ofPeople = ChangeSelection.all().ofCollection("people");
        assertThat(readAll(ofPeople, 100)).hasSize(4);
        assertThat(readAll(ofPeople.ofOperations(Set.of(ChangeOperation.DELETE)), 100)).hasSize(1);
        assertThat(readAll(ofPeople.matching(filter("{'n': {'$gte': 2}}")), 100)).extracting(ChangeEvent::id)
                .containsExactly("$number:2");
        assertThat(readAll(ofPeople.withDocuments(), 100)).extracting(event -> event.document().isPresent())
                .containsExactly(true, true, false, false);
        assertThatThrownBy(() -> readAll(ChangeSelection.all().ofCollection("none"), 10))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void saysWhenChangesWereForgotten() {
        people.insert(document("{'_id': 1}"));
        people.insert(document("{'_id': 2}"));
        var first = documents.changes().read(ChangeSelection.all(), BEGIN, 1);
        database.withHandle(handle -> handle.execute("UPDATE document_changes SET at = at - interval '8 days'"));
        people.insert(document("{'_id': 3}"));
        documents.upkeep().runOnce();
        assertThatThrownBy(() -> documents.changes().read(ChangeSelection.all(), first.next(), 10))
                .isInstanceOfSatisfying(InvalidInputException.class,
                        e -> assertThat(e.code()).isEqualTo("change-token-too-old"));
        var oldest = documents.changes().oldest(ChangeSelection.all());
        assertThat(documents.changes().read(ChangeSelection.all(), oldest, 10).events()).extracting(ChangeEvent::id)
                .containsExactly("$number:3");
        assertThatThrownBy(() -> ChangeToken.parse("nonsense")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void followsAsItGrows() {
        var seen = Collections.synchronizedList(new ArrayList<String>());
        try (var follower = documents.changes().follow(ChangeSelection.all(), documents.changes().now(),
                page -> page.events().forEach(event -> seen.add(event.id())))) {
            people.insert(document("{'_id': 'a'}"));
            await().until(() -> seen.contains("a"));
            people.insert(document("{'_id': 'b'}"));
            await().until(() -> seen.size() == 2);
            assertThat(follower.isFollowing()).isTrue();
        }
    }

    /**
     * Sixteen writers, of which some roll back and some lose their backend, and readers that begin again at any place they have
     * been to. Every commit makes one event: nothing is lost, nothing comes twice.
     */
    @Test
    void losesAndRepeatsNothingUnderManyWriters() throws Exception {
        int commits = Integer.getInteger("howdah.test.changes.commits", 20_000);
        var committed = ConcurrentHashMap.<String>newKeySet();
        var doubtful = ConcurrentHashMap.<String>newKeySet();
        var number = new AtomicInteger();
        var writers = Executors.newFixedThreadPool(16);
        for (int i = 0; i < 16; i++) {
            var random = new Random(i);
            writers.execute(() -> {
                while (number.incrementAndGet() <= commits) {
                    write("w" + number.get() + "-" + random.nextInt(), random, committed, doubtful);
                }
            });
        }
        writers.shutdown();
        var seen = new HashMap<String, Integer>();
        var reader = new Reader(seen);
        while (!writers.isTerminated()) {
            reader.readOn();
        }
        assertThat(writers.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        await().atMost(Duration.ofMinutes(1)).until(() -> reader.readOn() == 0);
        assertThat(reader.resumed).isPositive();
        var lost = new HashSet<>(committed);
        lost.removeAll(seen.keySet());
        assertThat(lost).as("lost").isEmpty();
        assertThat(seen.values()).as("twice").allMatch(count -> count == 1);
        assertThat(committed.size() + doubtful.size()).as("some came from nowhere").isGreaterThanOrEqualTo(seen.size());
    }

    private void write(String id, Random random, Set<String> committed, Set<String> doubtful) {
        int fate = random.nextInt(1000);
        try {
            if (fate < 600) {
                people.insert(NewDocument.of(json("{}").put("_id", id)));
            } else {
                database.useTransaction(tx -> {
                    people.insert(tx, NewDocument.of(json("{}").put("_id", id)));
                    if (fate > 997) { // rarely: the pool takes 30 ms for each new connection
                        tx.handle().createQuery("SELECT pg_terminate_backend(pg_backend_pid())").mapTo(Boolean.class)
                                .one();
                    }
                    if (fate > 900) {
                        throw new IllegalStateException("rolled back");
                    }
                });
            }
            committed.add(id);
        } catch (IllegalStateException e) {
            // rolled back
        } catch (RuntimeException e) {
            doubtful.add(id);
        }
    }

    /** Keeps every place it has been to, and now and then goes back to one; what it saw behind that is forgotten. */
    private final class Reader {
        private final Map<String, Integer> seen;
        private final Random random = new Random(4711);
        private final List<ChangeEvent> behindMark = new ArrayList<>();
        private ChangeToken mark = BEGIN;
        private ChangeToken place = BEGIN;
        private int resumed;

        Reader(Map<String, Integer> seen) {
            this.seen = seen;
        }

        /** How many events it saw. */
        int readOn() {
            var page = documents.changes().read(ChangeSelection.all(), place, 1 + random.nextInt(500));
            behindMark.addAll(page.events());
            page.events().forEach(event -> seen.merge(event.id(), 1, Integer::sum));
            place = page.next();
            switch (random.nextInt(20)) {
                case 0 -> goBack();
                case 1 -> {
                    mark = ChangeToken.parse(place.toString());
                    behindMark.clear();
                }
                default -> {
                    // reads on
                }
            }
            return page.events().size();
        }

        private void goBack() {
            var again = new ArrayList<ChangeEvent>();
            var at = mark;
            while (again.size() < behindMark.size()) {
                var page = documents.changes().read(ChangeSelection.all(), at, 1 + random.nextInt(500));
                again.addAll(page.events());
                at = page.next();
            }
            assertThat(again.subList(0, behindMark.size())).as("the same again").isEqualTo(behindMark);
            resumed++;
        }
    }

    private List<ChangeEvent> readAll(ChangeSelection selection, int limit) {
        var events = new ArrayList<ChangeEvent>();
        var at = BEGIN;
        while (true) {
            var page = documents.changes().read(selection, at, limit);
            events.addAll(page.events());
            if (page.isComplete() && page.events().isEmpty()) {
                return events;
            }
            at = page.next();
        }
    }
}
