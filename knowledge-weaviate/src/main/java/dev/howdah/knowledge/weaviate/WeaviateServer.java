package dev.howdah.knowledge.weaviate;

import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.postgres.UnavailableException;
import io.weaviate.client6.v1.api.Authentication;
import io.weaviate.client6.v1.api.Config;
import io.weaviate.client6.v1.api.WeaviateApiException;
import io.weaviate.client6.v1.api.WeaviateClient;
import io.weaviate.client6.v1.api.collections.CollectionConfig;
import io.weaviate.client6.v1.api.collections.Property;
import io.weaviate.client6.v1.api.collections.VectorConfig;
import io.weaviate.client6.v1.api.collections.Vectors;
import io.weaviate.client6.v1.api.collections.WeaviateObject;
import io.weaviate.client6.v1.api.collections.query.BaseQueryOptions;
import io.weaviate.client6.v1.api.collections.query.Filter;
import io.weaviate.client6.v1.api.collections.query.Metadata;
import io.weaviate.client6.v1.api.collections.query.QueryResponse;
import io.weaviate.client6.v1.api.collections.vectorindex.Distance;
import io.weaviate.client6.v1.api.collections.vectorindex.Hnsw;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is asked of Weaviate, by its official client. An entry is an object: its number is the object's UUID, and the version
 * of its row the object's only property. Connects with the first request, and anew after a connection broke: the client
 * itself would wait longer each time. Thread-safe.
 *
 * <p>Every method throws {@link UnavailableException} if Weaviate does not answer or refuses.
 */
final class WeaviateServer implements AutoCloseable {
    /** Objects of one request, at most; what Weaviate returns at once. */
    static final int OBJECTS_MAX = 10_000;

    private static final String BEFORE_ALL = new UUID(0, 0).toString();
    /** Weaviate refuses fewer. */
    private static final int CONNECTIONS_MIN = 4;
    private static final int FOREIGN_MAX = 5;
    private static final Logger LOG = LoggerFactory.getLogger(WeaviateServer.class);
    private static final String VERSION = "version";
    /** The number stands in the lower half of a UUID of version 8, which means what its maker says. */
    private static final long UUID_HIGH = 0x686f_7764_6168_8000L;
    private static final long UUID_VARIANT = 1L << 63;

    private final WeaviateSettings settings;
    private @Nullable WeaviateClient connected;

    /** An entry as it is to be stored. */
    record Item(long entry, String version, Vectors vector) {}

    /** An entry as it is there. */
    record Held(long entry, String version) {}

    /** An entry that was found. */
    record Hit(long entry, String version, double distance) {}

    /** What is done with the client. */
    @FunctionalInterface
    private interface Request<T> {
        T send(WeaviateClient client) throws IOException;
    }

    WeaviateServer(WeaviateSettings settings) {
        this.settings = settings;
    }

    /** What a class is made for, as a text: another one asks for another class. */
    static String description(VectorSettings vectors) {
        var index = vectors.index();
        return vectors.dimension() + " " + vectors.metric().label() + " hnsw " + index.m() + " "
                + index.efConstruction() + " " + index.efSearch();
    }

    boolean exists(String copy) {
        return ask("look for the class " + copy, client -> client.collections.exists(copy));
    }

    void create(String copy, VectorSettings vectors) {
        ask("create the class " + copy, client -> client.collections.create(configuration(copy, vectors)));
    }

    /** Removes a class with everything in it; no error if there is none. */
    void drop(String copy) {
        ask("remove the class " + copy, client -> {
            if (client.collections.exists(copy)) {
                client.collections.delete(copy);
            }
            return true;
        });
    }

    /**
     * One replica, because a search asks one of them and must find what was acknowledged: the client of version 6.3.0 sends
     * every level of consistency as ONE. What a lost node had comes from PostgreSQL again.
     */
    static CollectionConfig configuration(String copy, VectorSettings vectors) {
        var index = Hnsw.of(hnsw -> hnsw.distance(distance(vectors.metric())).maxConnections(
                Math.max(CONNECTIONS_MIN, vectors.index().m()))
                .efConstruction(vectors.index().efConstruction()).ef(vectors.index().efSearch()));
        return CollectionConfig.of(copy, given -> given
                .description("Vectors that Howdah keeps in PostgreSQL; made again from there when it is removed.")
                .properties(Property.text(VERSION, property -> property.indexFilterable(false).indexSearchable(false)))
                .replication(replication -> replication.replicationFactor(1))
                .vectorConfig(VectorConfig.selfProvided(vector -> vector.vectorIndex(index))));
    }

    private static Distance distance(Metric metric) {
        return switch (metric) {
            case COSINE -> Distance.COSINE;
            case L2 -> Distance.L2_SQUARED;
            case INNER_PRODUCT -> Distance.DOT;
        };
    }

    /** Stores objects, in place of those of the same entries. */
    void put(String copy, Collection<Item> items) {
        if (items.isEmpty()) {
            return;
        }
        var objects = items.stream().map(WeaviateServer::object).toList();
        var reply = ask("store " + items.size() + " objects",
                client -> client.collections.use(copy).data.insertMany(objects));
        if (!reply.errors().isEmpty()) {
            throw refused("stored only " + reply.uuids().size() + " of " + items.size() + " objects: "
                    + reply.errors().getFirst());
        }
    }

    private static WeaviateObject<Map<String, Object>> object(Item item) {
        return WeaviateObject.of(object -> object.uuid(uuid(item.entry()))
                .properties(Map.of(VERSION, item.version())).vectors(item.vector()));
    }

    /** Removes the objects of these entries, at most {@value #OBJECTS_MAX}; those that are not there are passed over. */
    void remove(String copy, Collection<Long> entries) {
        if (entries.isEmpty()) {
            return;
        }
        var reply = ask("remove " + entries.size() + " objects",
                client -> client.collections.use(copy).data.deleteMany(among(entries)));
        if (reply.failed() > 0) {
            throw refused("did not remove " + reply.failed() + " of " + entries.size() + " objects");
        }
    }

    /**
     * The objects that are nearest, nearest first.
     *
     * @param among only these entries, at most {@value #OBJECTS_MAX}; all if absent
     */
    List<Hit> nearest(String copy, Metric metric, float[] vector, int limit, Optional<Collection<Long>> among) {
        return ours(copy, client -> client.collections.use(copy).query.nearVector(vector, query -> {
            among.ifPresent(entries -> query.filters(among(entries)));
            return withVersion(query.limit(limit)).returnMetadata(Metadata.DISTANCE);
        })).stream().map(object -> new Hit(entry(object.uuid()), version(object),
                distance(metric, object.queryMetadata().distance()))).toList();
    }

    private static double distance(Metric metric, double given) {
        return switch (metric) {
            case COSINE, INNER_PRODUCT -> given;
            case L2 -> Math.sqrt(Math.max(0, given)); // squared there
        };
    }

    /** What is there of these entries, at most {@value #OBJECTS_MAX}. */
    List<Held> held(String copy, Collection<Long> entries) {
        return entries.isEmpty()
                ? List.of()
                : held(copy, client -> client.collections.use(copy).query.fetchObjects(
                        query -> withVersion(query.filters(among(entries)).limit(entries.size()))));
    }

    /** A page of all that is there, in Weaviate's order. */
    List<Held> page(String copy, Optional<Long> after, int limit) {
        return held(copy, client -> client.collections.use(copy).query.fetchObjects(
                query -> withVersion(query.after(after.map(WeaviateServer::uuid).orElse(BEFORE_ALL)).limit(limit))));
    }

    private List<Held> held(String copy, Request<QueryResponse<Map<String, Object>>> request) {
        return ours(copy, request).stream().map(object -> new Held(entry(object.uuid()), version(object))).toList();
    }

    /** What a request finds, after objects that are no entries were removed: somebody else put them there. */
    private List<WeaviateObject<Map<String, Object>>> ours(String copy,
            Request<QueryResponse<Map<String, Object>>> request) {
        for (int i = 0; i < FOREIGN_MAX; i++) {
            var objects = ask("search", request).objects();
            var foreign = objects.stream().map(WeaviateObject::uuid).filter(uuid -> !isEntry(uuid)).toList();
            if (foreign.isEmpty()) {
                return objects;
            }
            LOG.warn("Removing {} objects from the class {} of Weaviate that are none of ours", foreign.size(), copy);
            ask("remove foreign objects", client -> client.collections.use(copy).data
                    .deleteMany(Filter.uuid().containsAny(foreign.toArray(String[]::new))));
        }
        throw refused("gets new foreign objects in the class " + copy + " all the time");
    }

    /** How many objects are there. */
    long count(String copy) {
        return ask("count objects", client -> client.collections.use(copy).size());
    }

    @Override
    public synchronized void close() {
        var client = connected;
        connected = null;
        if (client != null) {
            close(client);
        }
    }

    static String uuid(long entry) {
        return new UUID(UUID_HIGH, UUID_VARIANT | entry).toString();
    }

    private static boolean isEntry(String uuid) {
        return UUID.fromString(uuid).getMostSignificantBits() == UUID_HIGH;
    }

    private static long entry(String uuid) {
        return UUID.fromString(uuid).getLeastSignificantBits() & ~UUID_VARIANT;
    }

    private static String version(WeaviateObject<Map<String, Object>> object) {
        return String.valueOf(object.properties().get(VERSION));
    }

    private static <B extends BaseQueryOptions.Builder<B, ?>> B withVersion(B query) {
        return query.returnProperties(VERSION);
    }

    private static Filter among(Collection<Long> entries) {
        return Filter.uuid().containsAny(entries.stream().map(WeaviateServer::uuid).toArray(String[]::new));
    }

    private <T> T ask(String what, Request<T> request) {
        try {
            return request.send(client());
        } catch (IOException | RuntimeException e) { // also what its libraries throw at an answer that is not Weaviate's
            if (isBroken(e)) {
                close();
            }
            throw unavailable(what, e);
        }
    }

    private synchronized WeaviateClient client() {
        var known = connected;
        if (known == null) {
            known = new WeaviateClient(Config.of(config -> {
                config.scheme(settings.url().getScheme()).httpHost(settings.url().getHost())
                        .httpPort(WeaviateSettings.port(settings.url())).grpcHost(settings.grpcUrl().getHost())
                        .grpcPort(WeaviateSettings.port(settings.grpcUrl()))
                        .timeout((int) settings.connectTimeout().toSeconds(), (int) settings.searchTimeout()
                                .toSeconds(), (int) settings.writeTimeout().toSeconds());
                return settings.apiKey().isEmpty()
                        ? config
                        : config.authentication(Authentication.apiKey(settings.apiKey()));
            }));
            connected = known;
        }
        return known;
    }

    private static boolean isBroken(Exception e) {
        return !(e instanceof WeaviateApiException refusal) || "UNAVAILABLE".equals(refusal.grpcStatusCode());
    }

    private UnavailableException unavailable(String what, Exception e) {
        var refusal = e instanceof WeaviateApiException given ? given : causedBy(e);
        if (refusal != null && isAboutTheKey(refusal)) {
            return new UnavailableException("weaviate-forbidden",
                    "Weaviate at " + settings.url() + " does not let us " + what,
                    "set howdah.knowledge.weaviate-api-key (WEAVIATE_API_KEY) to a key that may", e);
        }
        return new UnavailableException("weaviate-unavailable", "Weaviate at " + settings.url() + " and "
                + settings.grpcUrl() + " did not " + what + ": " + firstLine(e),
                "start it, or correct howdah.knowledge.weaviate-url and -grpc-url; or set howdah.knowledge.vector-index "
                        + "to auto",
                e);
    }

    private static @Nullable WeaviateApiException causedBy(Throwable e) {
        var cause = e.getCause();
        return cause == null || cause instanceof WeaviateApiException
                ? (WeaviateApiException) cause
                : causedBy(cause);
    }

    private static boolean isAboutTheKey(WeaviateApiException e) {
        var status = e.httpStatusCode();
        var code = e.grpcStatusCode();
        return (status != null && (status == 401 || status == 403)) || "UNAUTHENTICATED".equals(code)
                || "PERMISSION_DENIED".equals(code);
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private UnavailableException refused(String problem) {
        return new UnavailableException("weaviate-refused", "Weaviate at " + settings.url() + " " + problem,
                "look into its log; what is missing there is sent again with the next search", null);
    }

    private static void close(WeaviateClient client) {
        try {
            client.close();
        } catch (Exception e) {
            LOG.debug("Closing the connection to Weaviate: {}", e.toString()); // nothing is lost with it
        }
    }
}
