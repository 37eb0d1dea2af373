package dev.howdah.knowledge.weaviate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.StoredEntry;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.vector.Neighbour;
import dev.howdah.knowledge.vector.VectorQuery;
import dev.howdah.knowledge.weaviate.FakeObjects.BatchFault;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.UnavailableException;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatch.BatchObject;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatch.BatchObjectsRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What fails in Weaviate, on the way there, or because somebody else writes there: no answer is better than a wrong one. */
class WeaviateFaultsTest {
    private static final Embedding NORTH = Embedding.of(0, 1);

    private final FakeWeaviate weaviate = new FakeWeaviate();
    private final Database database = SearchDatabase.create();
    private final Collections collections = new Collections(database);
    private final Entries entries = new Entries(database, List.of());
    private WeaviateIndex index = new WeaviateIndex(database, weaviate.settings(""));
    private SearchCollection collection = SearchCollection.named("compass");

    @BeforeEach
    void fill() {
        collection = collections.create(collection.withVectors(VectorSettings.of(2)));
        put("north", 0, 1);
        put("east", 1, 0);
        put("south", 0, -1);
    }

    @AfterEach
    void stop() {
        index.close();
        weaviate.close();
    }

    @Test
    void saysThatWeaviateIsDownAndGoesOnWhenItIsBack() {
        assertThat(nearest(1)).containsExactly("north");
        weaviate.stop();
        assertThatThrownBy(() -> nearest(1)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("Weaviate at http://127.0.0.1").hasMessageContaining("weaviate-url");
        put("north", 1, -1);
        put("up", 0, 2);
        assertThatThrownBy(() -> nearest(1)).isInstanceOf(UnavailableException.class);
        assertThat(index.state(collection).warnings()).hasSize(1);
        weaviate.start();
        assertThat(nearest(4)).containsExactly("up", "east", "north", "south");
    }

    @ParameterizedTest
    @EnumSource(BatchFault.class)
    void aBatchThatFailsIsSentAgain(BatchFault fault) {
        weaviate.objects().fail(fault);
        if (fault != BatchFault.NONE) {
            assertThatThrownBy(() -> nearest(3)).isInstanceOf(UnavailableException.class);
        }
        assertThat(nearest(3)).containsExactly("north", "east", "south");
        put("up", 0, 2);
        put("south", 1, 1);
        entries.remove(collection, List.of("north"));
        weaviate.objects().fail(fault);
        if (fault != BatchFault.NONE) {
            assertThatThrownBy(() -> nearest(3)).isInstanceOf(UnavailableException.class);
        }
        assertThat(nearest(9)).containsExactly("up", "south", "east");
        index.prepare(collection);
        assertThat(weaviate.objects().names()).as("half-filled classes are gone").hasSize(1);
        assertInStep();
    }

    @Test
    void afterARestartOnlyWhatIsNewIsSent() {
        nearest(3);
        restart();
        weaviate.objects().requests();
        put("up", 0, 2);
        assertThat(nearest(9)).hasSize(4);
        assertThat(weaviate.objects().requests()).filteredOn(BatchObjectsRequest.class::isInstance).singleElement()
                .satisfies(request -> assertThat(((BatchObjectsRequest) request).getObjectsCount()).isEqualTo(1));
        weaviate.objects().requests();
        nearest(2);
        assertThat(weaviate.objects().requests()).as("nothing is new: only the search").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"updated_at = now() - interval '13 hours'",
            "snapshot = '900000000000:900000000000:'"})
    void aSnapshotThatIsTooOldOrOfAnotherHistoryIsNotTrusted(String change) {
        nearest(3);
        var before = weaviate.objects().names();
        entries.remove(collection, List.of("north"));
        put("up", 0, 2);
        database.withHandle(handle -> handle.execute("DELETE FROM search_deletions"));
        database.withHandle(handle -> handle.execute("UPDATE search_followers SET " + change));
        restart();
        assertThat(nearest(9)).containsExactly("up", "east", "south");
        assertThat(weaviate.objects().names()).hasSize(1).doesNotContainAnyElementsOf(before);
    }

    @Test
    void whatIsMissingThereIsBroughtWhenASearchIsShortOrTheIndexIsPrepared() {
        nearest(3);
        lose("north");
        assertThat(nearest(3)).containsExactly("north", "east", "south");
        lose("north");
        assertThat(index.state(collection).warnings()).singleElement().asString()
                .contains("2 of 3 vectors");
        index.prepare(collection);
        assertThat(nearest(1)).containsExactly("north");
        assertThat(index.state(collection).warnings()).isEmpty();
    }

    @Test
    void aFilteredSearchBringsWhatIsMissing() {
        entries.put(collection, IntStream.range(0, 300).mapToObj(n -> Entry.of("n" + n, "").with(Embedding.of(1, n))
                .with(JsonMapper.shared().createObjectNode().put("rare", n < 3))).toList());
        var filter = new Filter.Comparison("rare", Filter.Operator.EQ, JsonMapper.shared().readTree("true"));
        var query = VectorQuery.of(NORTH, 2, filter);
        assertThat(keys(index.nearest(collection, query))).containsExactly("n2", "n1");
        lose("n1");
        lose("n2");
        assertThat(keys(index.nearest(collection, query))).containsExactly("n2", "n1");
    }

    @Test
    void whatIsNoEntryIsRemovedThereAndNeverFound() {
        nearest(3);
        var objects = theObjects();
        var north = Objects.requireNonNull(objects.get(uuid("north")));
        objects.put(WeaviateServer.uuid(4_711), north.toBuilder().setUuid(WeaviateServer.uuid(4_711)).build());
        var foreign = "00000000-0000-4000-8000-000000000001";
        objects.put(foreign, north.toBuilder().setUuid(foreign).build());
        assertThat(nearest(3)).containsExactly("north", "east", "south");
        objects.put(WeaviateServer.uuid(4_711), north.toBuilder().setUuid(WeaviateServer.uuid(4_711)).build());
        objects.put(foreign, north.toBuilder().setUuid(foreign).build());
        index.prepare(collection);
        assertInStep();
    }

    @Test
    void anOutdatedObjectIsReplacedBeforeItIsAnswered() {
        nearest(3);
        var old = Objects.requireNonNull(theObjects().get(uuid("north")));
        put("north", 0, -1);
        assertThat(nearest(1)).containsExactly("east");
        theObjects().put(old.getUuid(), old); // by a request that came late
        assertThat(nearest(1)).containsExactly("east");
        theObjects().put(old.getUuid(), old);
        index.prepare(collection);
        assertInStep();
    }

    @Test
    void aClassThatVanishedIsMadeAnew() {
        nearest(3);
        weaviate.objects().remove(theClass());
        assertThat(nearest(3)).containsExactly("north", "east", "south");
        weaviate.objects().remove(theClass());
        put("up", 0, 2);
        assertThat(nearest(9)).containsExactlyInAnyOrder("north", "up", "east", "south");
    }

    @Test
    void aCollectionThatIsMadeAnewGetsAClassOfItsOwn() {
        nearest(3);
        var before = theClass();
        collections.delete("compass");
        assertThatThrownBy(() -> new WeaviateIndex(database, weaviate.settings("")).prepare(collection))
                .isInstanceOf(ConflictException.class).hasMessageContaining("read it again");
        collection = collections.create(SearchCollection.named("compass").withVectors(VectorSettings.of(2)));
        put("west", -1, 0);
        assertThat(nearest(3)).containsExactly("west");
        index.prepare(collection);
        assertThat(theClass()).isNotEqualTo(before);
    }

    @Test
    void otherVectorsGetAnotherClass() {
        nearest(3);
        var old = collection;
        collection = database.inTransaction(tx -> collections.setVectors(tx, old, VectorSettings.of(3, Metric.L2)));
        assertThat(index.nearest(collection, VectorQuery.of(Embedding.of(1, 2, 3), 3))).isEmpty();
        entries.put(collection, List.of(Entry.of("north", "").with(Embedding.of(1, 2, 5))));
        assertThat(index.nearest(collection, VectorQuery.of(Embedding.of(1, 2, 3), 3))).singleElement()
                .satisfies(neighbour -> assertThat(neighbour.distance()).isEqualTo(2));
        assertThatThrownBy(() -> index.nearest(old, VectorQuery.of(NORTH, 3))).isInstanceOf(ConflictException.class);
        index.prepare(collection);
        assertThat(weaviate.objects().names()).hasSize(1);
    }

    @Test
    void saysThatTheKeyIsWrongAndDoesNotShowIt() {
        try (var guarded = new FakeWeaviate("right");
                var good = new WeaviateIndex(database, guarded.settings("right"));
                var bad = new WeaviateIndex(database, guarded.settings("not-this-one"))) {
            assertThatThrownBy(() -> bad.nearest(collection, VectorQuery.of(NORTH, 1)))
                    .isInstanceOf(UnavailableException.class).hasMessageContaining("WEAVIATE_API_KEY")
                    .hasMessageContaining("does not let us").message().doesNotContain("not-this-one");
            assertThat(keys(good.nearest(collection, VectorQuery.of(NORTH, 1)))).containsExactly("north");
        }
    }

    @Test
    void saysThatSomethingElseAnswers() throws IOException {
        var other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            var page = "<html>Welcome</html>".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        other.start();
        try (var lost = new WeaviateIndex(database, WeaviateSettings.at("http://127.0.0.1:"
                + other.getAddress().getPort(), ""))) {
            assertThatThrownBy(() -> lost.nearest(collection, VectorQuery.of(NORTH, 1)))
                    .isInstanceOf(UnavailableException.class).hasMessageContaining("weaviate-url");
        } finally {
            other.stop(0);
        }
    }

    @Test
    void aSlowProcessDoesNotOverwriteWhatAnotherSentLater() throws Exception {
        nearest(3);
        put("north", 1, 1);
        try (var other = new WeaviateIndex(database, weaviate.settings(""));
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var held = weaviate.objects().hold();
            var slow = executor.submit(() -> nearest(1));
            await().until(held::hasArrived);
            put("north", 0, -1);
            var later = executor.submit(() -> other.nearest(collection, VectorQuery.of(NORTH, 1)));
            await().until(() -> later.isDone() || somebodyWaitsForALock());
            held.release();
            slow.get();
            assertThat(keys(later.get())).containsExactly("east");
        }
        assertInStep();
    }

    private boolean somebodyWaitsForALock() {
        return database.withHandle(handle -> handle.createQuery("SELECT EXISTS (SELECT 1 FROM pg_stat_activity"
                + " WHERE wait_event_type = 'Lock' AND query LIKE '%search_followers%')").mapTo(Boolean.class).one());
    }

    @Test
    void twoProcessesFollowAtOnce() throws Exception {
        var random = new Random(5);
        try (var other = new WeaviateIndex(database, weaviate.settings(""));
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var work = new ArrayList<Future<?>>();
            for (var one : List.of(index, other, index, other)) {
                var seed = random.nextInt();
                work.add(executor.submit(() -> {
                    var own = new Random(seed);
                    for (int i = 0; i < 40; i++) {
                        var key = "k" + own.nextInt(20);
                        if (i % 5 == 0) {
                            entries.remove(collection, List.of(key));
                        } else {
                            put(key, own.nextFloat() + 0.1f, own.nextFloat());
                        }
                        one.nearest(collection, VectorQuery.of(NORTH, 3));
                    }
                    return true;
                }));
            }
            for (var part : work) {
                part.get();
            }
        }
        nearest(3);
        assertInStep();
    }

    private void put(String key, float x, float y) {
        entries.put(collection, List.of(Entry.of(key, "").with(Embedding.of(x, y))));
    }

    private List<String> nearest(int limit) {
        return keys(index.nearest(collection, VectorQuery.of(NORTH, limit)));
    }

    private List<String> keys(List<Neighbour> neighbours) {
        var found = entries.byId(neighbours.stream().map(Neighbour::entry).toList(), false);
        return neighbours.stream().map(neighbour -> found.get(neighbour.entry())).map(StoredEntry::key)
                .toList();
    }

    private void restart() {
        index.close();
        index = new WeaviateIndex(database, weaviate.settings(""));
    }

    private String uuid(String key) {
        return WeaviateServer.uuid(entries.get(collection, List.of(key)).getFirst().id());
    }

    private void lose(String key) {
        assertThat(theObjects().remove(uuid(key))).isNotNull();
    }

    private String theClass() {
        assertThat(weaviate.objects().names()).hasSize(1);
        return weaviate.objects().names().iterator().next();
    }

    private Map<String, BatchObject> theObjects() {
        return weaviate.objects().objects(theClass());
    }

    /** The class holds exactly the entries with their vectors of now. */
    private void assertInStep() {
        var there = theObjects().values().stream().collect(Collectors.toMap(BatchObject::getUuid,
                object -> FakeObjects.floats(object.getVectors(0).getVectorBytes())));
        var here = entries.page(collection, 0, 1_000).stream().map(entry -> entry.key())
                .collect(Collectors.collectingAndThen(Collectors.toList(), keys -> entries.get(collection, keys)))
                .stream().collect(Collectors.toMap(entry -> WeaviateServer.uuid(entry.id()),
                        entry -> Stream.of(entry.embedding().orElseThrow().values()).flatMap(values -> IntStream
                                .range(0, values.length).mapToObj(i -> values[i])).toList()));
        assertThat(there).isEqualTo(here);
    }
}
