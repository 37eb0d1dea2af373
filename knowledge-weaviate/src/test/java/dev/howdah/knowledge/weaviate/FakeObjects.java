package dev.howdah.knowledge.weaviate;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateGrpc;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoAggregate.AggregateReply;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoAggregate.AggregateRequest;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBase.Filters;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatch.BatchObject;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatch.BatchObjectsReply;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatch.BatchObjectsRequest;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatchDelete.BatchDeleteReply;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoBatchDelete.BatchDeleteRequest;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoProperties.Properties;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoProperties.Value;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoSearchGet.MetadataResult;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoSearchGet.PropertiesResult;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoSearchGet.SearchReply;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoSearchGet.SearchRequest;
import io.weaviate.client6.v1.internal.grpc.protocol.WeaviateProtoSearchGet.SearchResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Weaviate's gRPC service as far as it is used here, over the official base class: keeps objects and compares with each. */
final class FakeObjects extends WeaviateGrpc.WeaviateImplBase {
    private static final int RESULTS_MAX = 10_000;

    private final Map<String, Kept> classes = new ConcurrentHashMap<>();
    private final List<MessageLite> requests = new ArrayList<>();
    private final AtomicReference<@Nullable Hold> hold = new AtomicReference<>();
    private volatile BatchFault fault = BatchFault.NONE;

    /** What goes wrong with the next batch; then all is well again. */
    enum BatchFault {
        NONE, BREAKS_IN_THE_MIDDLE, REFUSES_THE_LAST, STORES_AND_DOES_NOT_ANSWER
    }

    /** A batch that has arrived and is not stored until it is let go. */
    static final class Hold {
        private final CountDownLatch arrived = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        boolean hasArrived() {
            return arrived.getCount() == 0;
        }

        void release() {
            released.countDown();
        }

        private void pass() {
            arrived.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A class: how it compares, and its objects by their UUIDs. */
    private record Kept(BiFunction<List<Float>, List<Float>, Double> distance, Map<String, BatchObject> objects) {}

    private record Near(BatchObject object, double distance) {}

    void create(String name, String metric) {
        classes.put(name, new Kept(switch (metric) {
            case "cosine" -> (a, b) -> 1 - product(a, b) / Math.sqrt(product(a, a) * product(b, b));
            case "l2-squared" -> (a, b) -> product(a, a) + product(b, b) - 2 * product(a, b);
            case "dot" -> (a, b) -> -product(a, b);
            default -> throw new IllegalArgumentException(metric);
        }, new ConcurrentSkipListMap<>()));
    }

    boolean remove(String name) {
        return classes.remove(name) != null;
    }

    Set<String> names() {
        return Set.copyOf(classes.keySet());
    }

    Map<String, BatchObject> objects(String name) {
        return kept(name).objects();
    }

    void fail(BatchFault next) {
        fault = next;
    }

    /** Keeps the next batch from being stored. */
    Hold hold() {
        var next = new Hold();
        hold.set(next);
        return next;
    }

    /** What was asked so far; forgets it. */
    synchronized List<MessageLite> requests() {
        var taken = List.copyOf(requests);
        requests.clear();
        return taken;
    }

    @Override
    public void batchObjects(BatchObjectsRequest request, StreamObserver<BatchObjectsReply> observer) {
        answer(observer, request, () -> {
            var held = hold.getAndSet(null);
            if (held != null) {
                held.pass();
            }
            var now = fault;
            fault = BatchFault.NONE;
            var objects = request.getObjectsList();
            var reply = BatchObjectsReply.newBuilder();
            int stored = switch (now) {
                case NONE, STORES_AND_DOES_NOT_ANSWER -> objects.size();
                case BREAKS_IN_THE_MIDDLE -> objects.size() / 2;
                case REFUSES_THE_LAST -> objects.size() - 1;
            };
            objects.subList(0, stored).forEach(object -> kept(object.getCollection()).objects()
                    .put(object.getUuid(), object));
            return switch (now) {
                case NONE -> reply.build();
                case REFUSES_THE_LAST -> reply.addErrors(BatchObjectsReply.BatchError.newBuilder()
                        .setIndex(objects.size() - 1).setError("shard is read-only")).build();
                case BREAKS_IN_THE_MIDDLE -> throw Status.UNAVAILABLE.withDescription("going down")
                        .asRuntimeException();
                case STORES_AND_DOES_NOT_ANSWER -> throw Status.DEADLINE_EXCEEDED.asRuntimeException();
            };
        });
    }

    @Override
    public void batchDelete(BatchDeleteRequest request, StreamObserver<BatchDeleteReply> observer) {
        answer(observer, request, () -> {
            var objects = kept(request.getCollection()).objects();
            long removed = ids(request.getFilters()).stream().filter(id -> objects.remove(id) != null).count();
            return BatchDeleteReply.newBuilder().setMatches(removed).setSuccessful(removed).build();
        });
    }

    @Override
    public void aggregate(AggregateRequest request, StreamObserver<AggregateReply> observer) {
        answer(observer, request, () -> AggregateReply.newBuilder().setSingleResult(AggregateReply.Single.newBuilder()
                .setObjectsCount(objects(request.getCollection()).size())).build());
    }

    @Override
    public void search(SearchRequest request, StreamObserver<SearchReply> observer) {
        answer(observer, request, () -> {
            if (request.getLimit() < 1 || request.getLimit() > RESULTS_MAX) {
                throw Status.INVALID_ARGUMENT.withDescription("query maximum results exceeded").asRuntimeException();
            }
            var kept = kept(request.getCollection());
            var allowed = request.hasFilters() ? ids(request.getFilters()) : Set.<String>of();
            var objects = kept.objects().values().stream()
                    .filter(object -> !request.hasFilters() || allowed.contains(object.getUuid()))
                    .filter(object -> object.getUuid().compareTo(request.getAfter()) > 0);
            var found = request.hasNearVector()
                    ? nearest(kept, vector(request), objects)
                    : objects.map(object -> new Near(object, 0));
            return SearchReply.newBuilder().addAllResults(found.limit(request.getLimit())
                    .map(near -> result(near, request.getProperties().getNonRefPropertiesList())).toList()).build();
        });
    }

    private static Stream<Near> nearest(Kept kept, List<Float> vector, Stream<BatchObject> objects) {
        return objects.map(object -> new Near(object, kept.distance().apply(vector,
                floats(object.getVectors(0).getVectorBytes())))).sorted(Comparator.comparingDouble(Near::distance));
    }

    private static List<Float> vector(SearchRequest request) {
        return floats(request.getNearVector().getVectors(0).getVectorBytes());
    }

    private static SearchResult result(Near near, List<String> properties) {
        var values = Properties.newBuilder();
        properties.forEach(name -> values.putFields(name, Value.newBuilder().setTextValue(near.object().getProperties()
                .getNonRefProperties().getFieldsOrThrow(name).getStringValue()).build()));
        return SearchResult.newBuilder().setMetadata(MetadataResult.newBuilder().setId(near.object().getUuid())
                .setDistance((float) near.distance()).setDistancePresent(true))
                .setProperties(PropertiesResult.newBuilder().setNonRefProps(values)).build();
    }

    private static Set<String> ids(Filters filters) {
        if (filters.getOperator() != Filters.Operator.OPERATOR_CONTAINS_ANY
                || !filters.getTarget().getProperty().equals("_id")) {
            throw Status.INVALID_ARGUMENT.withDescription("filter " + filters).asRuntimeException();
        }
        return new HashSet<>(filters.getValueTextArray().getValuesList());
    }

    private Kept kept(String name) {
        var found = classes.get(name);
        if (found == null) {
            throw Status.UNKNOWN.withDescription("could not find class " + name + " in schema").asRuntimeException();
        }
        return found;
    }

    private <T> void answer(StreamObserver<T> observer, MessageLite request, Supplier<T> work) {
        synchronized (this) {
            requests.add(request);
        }
        try {
            observer.onNext(work.get());
            observer.onCompleted();
        } catch (StatusRuntimeException e) {
            observer.onError(e);
        }
    }

    /** A vector as it travels: floats with the least byte first. */
    static List<Float> floats(ByteString bytes) {
        var buffer = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        var values = new ArrayList<Float>(buffer.remaining());
        while (buffer.hasRemaining()) {
            values.add(buffer.get());
        }
        return values;
    }

    static ByteString bytes(float... vector) {
        var buffer = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : vector) {
            buffer.putFloat(value);
        }
        return UnsafeByteOperations.unsafeWrap(buffer.flip());
    }

    private static double product(List<Float> a, List<Float> b) {
        double sum = 0;
        for (int i = 0; i < a.size(); i++) {
            sum += (double) a.get(i) * b.get(i);
        }
        return sum;
    }
}
