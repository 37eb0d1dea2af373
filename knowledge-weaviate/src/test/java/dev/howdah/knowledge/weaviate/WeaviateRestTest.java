package dev.howdah.knowledge.weaviate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.IndexSettings;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.vector.VectorQuery;
import dev.howdah.knowledge.weaviate.FakeWeaviate.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The requests of REST, against what Weaviate's API describes: an excerpt of it in our own words is among the resources. */
class WeaviateRestTest {
    private final FakeWeaviate weaviate = new FakeWeaviate();

    @AfterEach
    void stop() {
        weaviate.close();
    }

    @ParameterizedTest
    @CsvSource({"COSINE, cosine", "L2, l2-squared", "INNER_PRODUCT, dot"})
    void aClassIsDescribedAsWeaviateAsksForIt(Metric metric, String distance) throws IOException {
        try (var server = new WeaviateServer(weaviate.settings(""))) {
            server.create("Howdah_test_1", VectorSettings.of(3, metric)
                    .with(new IndexSettings(IndexSettings.Method.HNSW, 2, 100, 60, 0, 0)));
        }
        var body = weaviate.requests().stream().filter(request -> request.method().equals("POST")).findFirst()
                .orElseThrow().json();
        assertThat(faults(body)).isEmpty();
        var vector = body.at("/vectorConfig/default");
        assertThat(vector.at("/vectorizer/none").isObject()).isTrue();
        assertThat(vector.at("/vectorIndexType").asString()).isEqualTo("hnsw");
        assertThat(vector.at("/vectorIndexConfig/distance").asString()).isEqualTo(distance);
        assertThat(vector.at("/vectorIndexConfig/maxConnections").asInt()).as("at least 4 there").isEqualTo(4);
        assertThat(vector.at("/vectorIndexConfig/efConstruction").asInt()).isEqualTo(100);
        assertThat(vector.at("/vectorIndexConfig/ef").asInt()).isEqualTo(60);
        assertThat(body.at("/replicationConfig/factor").asInt()).isEqualTo(1);
        assertThat(body.at("/properties/0/name").asString()).isEqualTo("version");
    }

    @Test
    void theExcerptRefusesWhatIsWrong() throws IOException {
        assertThat(faults(JsonMapper.shared().readTree("{\"class\": \"lower\", \"vectorConfig\": {}}"))).hasSize(1);
        assertThat(faults(JsonMapper.shared().readTree("{\"class\": \"A\", \"vectorConfig\": {\"default\": "
                + "{\"vectorIndexConfig\": {\"distance\": \"l2\"}}}}"))).hasSize(1);
    }

    @Test
    void aClassIsAskedForMadeAndRemovedByItsNameAlone() {
        var database = SearchDatabase.create();
        var collections = new Collections(database);
        var collection = collections.create(SearchCollection.named("one").withVectors(VectorSettings.of(2)));
        try (var index = new WeaviateIndex(database, weaviate.settings(""))) {
            index.nearest(collection, VectorQuery.of(Embedding.of(1, 2), 3));
            var name = weaviate.objects().names().iterator().next();
            assertThat(name).matches("Howdah_[A-Za-z0-9_]+_" + collection.id() + "_[0-9a-f]{32}");
            collections.delete("one");
            index.prepare(collections.create(SearchCollection.named("two").withVectors(VectorSettings.of(2))));
            assertThat(weaviate.objects().names()).hasSize(1).doesNotContain(name);
            var requests = weaviate.requests();
            assertThat(requests).extracting(Request::method, Request::path).contains(
                    tuple("GET", "/v1/meta"),
                    tuple("POST", "/v1/schema"),
                    tuple("GET", "/v1/schema/" + name),
                    tuple("DELETE", "/v1/schema/" + name));
            assertThat(requests).allMatch(request -> request.path()
                    .matches("/v1/(meta|\\.well-known/(live|ready)|schema(/Howdah_\\w+)?)"));
        }
    }

    private static List<String> faults(JsonNode body) throws IOException {
        try (var excerpt = WeaviateRestTest.class.getResourceAsStream("/weaviate-class.json")) {
            var text = new String(Objects.requireNonNull(excerpt).readAllBytes(), StandardCharsets.UTF_8);
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(JsonMapper.shared().readTree(text)).validate(body).stream()
                    .map(error -> error.getInstanceLocation() + ": " + error.getMessage()).toList();
        }
    }
}
