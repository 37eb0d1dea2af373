package dev.howdah.knowledge.weaviate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.VectorSettings;
import io.weaviate.client6.v1.api.WeaviateClient;
import io.weaviate.client6.v1.api.collections.Vectors;
import io.weaviate.client6.v1.api.collections.WeaviateObject;
import io.weaviate.client6.v1.api.collections.query.Filter;
import io.weaviate.client6.v1.api.collections.query.Metadata;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBase;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBase.Filters;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatch.BatchObject;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatch.BatchObjectsRequest;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatchDelete.BatchDeleteRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What we send is what the official client sends for the same purpose, and what Weaviate's protocol says. */
class OfficialClientTest {
    private static final String COPY = "Howdah_test_1";
    private static final float[] VECTOR = {0.5f, -2, 3};

    private final FakeWeaviate weaviate = new FakeWeaviate();
    private final WeaviateServer ours = new WeaviateServer(weaviate.settings(""));

    @BeforeEach
    void create() {
        ours.create(COPY, VectorSettings.of(3, Metric.L2));
        forget();
    }

    @AfterEach
    void stop() {
        ours.close();
        weaviate.close();
    }

    @Test
    void bothStoreSearchReadCountAndRemoveByTheSameRequests() throws Exception {
        var settings = weaviate.settings("");
        var official = WeaviateClient.connectToLocal(config -> config.host("127.0.0.1")
                .port(settings.url().getPort()).grpcPort(settings.grpcUrl().getPort()));
        try {
            useOfficial(official);
        } finally {
            official.close();
        }
        var theirs = weaviate.objects().requests();
        useOurs();
        assertThat(weaviate.objects().requests()).isEqualTo(theirs).hasSize(6);
    }

    private void useOfficial(WeaviateClient client) {
        var collection = client.collections.use(COPY);
        collection.data.insertMany(WeaviateObject.of(object -> object.uuid(id(7)).vectors(Vectors.of(VECTOR))
                .properties(Map.of("version", "12"))));
        collection.query.nearVector(VECTOR, query -> query.limit(5).returnProperties("version")
                .returnMetadata(Metadata.DISTANCE));
        collection.query.nearVector(VECTOR, query -> query.limit(5).filters(Filter.uuid().containsAny(id(7), id(8)))
                .returnProperties("version").returnMetadata(Metadata.DISTANCE));
        collection.query.fetchObjects(query -> query.after(id(6)).limit(10).returnProperties("version"));
        collection.aggregate.overAll(all -> all.includeTotalCount(true));
        collection.data.deleteMany(Filter.uuid().containsAny(id(7)));
    }

    private void useOurs() {
        ours.put(COPY, List.of(new WeaviateServer.Item(7, "12", Vectors.of(VECTOR))));
        assertThat(ours.nearest(COPY, Metric.L2, VECTOR, 5, Optional.empty()))
                .containsExactly(new WeaviateServer.Hit(7, "12", 0));
        assertThat(ours.nearest(COPY, Metric.L2, VECTOR, 5, Optional.of(List.of(7L, 8L)))).hasSize(1);
        assertThat(ours.page(COPY, Optional.of(6L), 10)).containsExactly(new WeaviateServer.Held(7, "12"));
        assertThat(ours.count(COPY)).isEqualTo(1);
        ours.remove(COPY, List.of(7L));
        assertThat(weaviate.objects().objects(COPY)).isEmpty();
    }

    @Test
    void theMessagesAreThoseOfTheProtocol() {
        ours.put(COPY, List.of(new WeaviateServer.Item(7, "12", Vectors.of(VECTOR))));
        ours.remove(COPY, List.of(7L));
        var object = BatchObject.newBuilder().setCollection(COPY).setUuid(id(7))
                .setProperties(BatchObject.Properties.newBuilder().setNonRefProperties(Struct.newBuilder()
                        .putFields("version", Value.newBuilder().setStringValue("12").build())))
                .addVectors(WeaviateProtoBase.Vectors.newBuilder().setName("default")
                        .setType(WeaviateProtoBase.Vectors.VectorType.VECTOR_TYPE_SINGLE_FP32)
                        .setVectorBytes(FakeObjects.bytes(VECTOR)));
        var filter = Filters.newBuilder().setOperator(Filters.Operator.OPERATOR_CONTAINS_ANY)
                .setTarget(WeaviateProtoBase.FilterTarget.newBuilder().setProperty("_id"))
                .setValueTextArray(WeaviateProtoBase.TextArray.newBuilder().addValues(id(7)));
        assertThat(weaviate.objects().requests()).containsExactly(
                (MessageLite) BatchObjectsRequest.newBuilder().addObjects(object).build(),
                BatchDeleteRequest.newBuilder().setCollection(COPY).setFilters(filter)
                        .build());
    }

    private static String id(long entry) {
        return "686f7764-6168-8000-8000-%012x".formatted(entry);
    }

    private void forget() {
        weaviate.objects().requests();
        weaviate.requests();
    }
}
