package dev.howdah.operations.imports;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.MongoQueryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonType;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import dev.howdah.documents.value.Values;

/**
 * Reads a running MongoDB, each collection in the order of {@code _id}, which is where it is gone on with. Comparisons of MongoDB
 * stay within a type, so behind an {@code _id} come the greater ones of its type and all of the types behind it.
 */
final class MongoReader implements Reader {
    private static final int SECONDS = 10;
    private static final int ANSWER_SECONDS = 60;
    private static final String ID = "_id";
    private static final String LAST = "last";
    private static final String READ = "read";
    private static final JsonWriterSettings CANONICAL = JsonWriterSettings.builder().outputMode(JsonMode.EXTENDED)
            .build();
    /**
     * The types that an {@code _id} may have, in MongoDB's order; those on one line are one. Left out is what no server knows to ask
     * for: it is read again rather than missed.
     */
    private static final List<List<BsonType>> ORDER = List.of(List.of(BsonType.NULL),
            List.of(BsonType.DOUBLE, BsonType.INT32, BsonType.INT64, BsonType.DECIMAL128), List.of(BsonType.STRING),
            List.of(BsonType.DOCUMENT), List.of(BsonType.BINARY), List.of(BsonType.OBJECT_ID),
            List.of(BsonType.BOOLEAN), List.of(BsonType.DATE_TIME), List.of(BsonType.TIMESTAMP));

    private final ImportSource.Mongo source;
    private final ImportTarget target;
    private final ImportSettings settings;
    private final DocumentMapping mapping;
    private final String address;
    private final String database;
    private final MongoClient client;
    private long total;

    MongoReader(ImportSource.Mongo source, ImportTarget target, Limits limits, ImportSettings settings) {
        this.source = source;
        this.target = target;
        this.settings = settings;
        this.address = Addresses.withoutSecrets(source.url());
        var url = parsed(source.url());
        this.database = source.database().or(() -> Optional.ofNullable(url.getDatabase())).orElseThrow(
                () -> new InvalidInputException("import-source-invalid", "database", "is missing",
                        "name it in the URL, mongodb://host/name, or by itself"));
        this.mapping = new DocumentMapping(limits.documents(), Optional.empty(), source());
        this.client = MongoClients.create(MongoClientSettings.builder().applyConnectionString(url)
                .applicationName("howdah-import")
                .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(SECONDS, TimeUnit.SECONDS))
                .applyToSocketSettings(socket -> socket.connectTimeout(SECONDS, TimeUnit.SECONDS)
                        .readTimeout(ANSWER_SECONDS, TimeUnit.SECONDS))
                .build());
    }

    private static ConnectionString parsed(String url) {
        try {
            return new ConnectionString(url);
        } catch (IllegalArgumentException e) {
            // not the cause: the URL may hold a password, and so may the cause
            throw new InvalidInputException("import-source-invalid", "source", "is not a valid URL of MongoDB",
                    "write it like mongodb://user:password@host:27017/database");
        }
    }

    @Override
    public String kind() {
        return "mongo";
    }

    @Override
    public String source() {
        return address + " database " + database + (source.collections().isEmpty()
                ? ""
                : " collections " + String.join(",", source.collections().stream().sorted().toList()));
    }

    @Override
    public List<String> parts() {
        return translating(() -> {
            var known = new ArrayList<String>();
            client.getDatabase(database).listCollections(BsonDocument.class).forEach(found -> {
                var name = found.getString("name").getValue();
                boolean isView = found.containsKey("type") && found.getString("type").getValue().equals("view");
                if (!isView && !name.startsWith("system.")) {
                    known.add(name);
                }
            });
            var wanted = source.collections().isEmpty() ? known : source.collections();
            var missing = wanted.stream().filter(name -> !known.contains(name)).toList();
            if (!missing.isEmpty() || wanted.isEmpty()) {
                throw new InvalidInputException("import-source-invalid", "collections", "of database " + database
                        + " are " + known + (missing.isEmpty() ? "" : ", there is no " + missing),
                        "name a database and collections that exist");
            }
            total = wanted.stream().mapToLong(name -> client.getDatabase(database).getCollection(name)
                    .estimatedDocumentCount()).sum();
            return wanted.stream().sorted().toList();
        });
    }

    @Override
    public long total() {
        return total;
    }

    @Override
    public void read(String part, Optional<ObjectNode> from, Emitter out) throws InterruptedException {
        try (var cursor = translating(() -> find(part, from).iterator())) {
            var records = new ArrayList<Raw>();
            long read = from.map(position -> position.path(READ).asLong()).orElse(0L);
            long bytes = 0;
            byte[] last = null;
            while (translating(cursor::hasNext)) {
                var document = bytes(translating(cursor::next));
                records.add(record(part, document, ++read));
                bytes += document.length;
                last = document;
                if (records.size() >= settings.batchRows() || bytes >= settings.batchBytes()) {
                    out.emit(new Batch(part, records, position(last, read), read, false));
                    records = new ArrayList<>();
                    bytes = 0;
                }
            }
            var end = last == null ? from.orElseGet(JsonMapper.shared()::createObjectNode) : position(last, read);
            out.emit(new Batch(part, records, end, read, true));
        }
    }

    private static byte[] bytes(RawBsonDocument document) {
        var buffer = document.getByteBuffer();
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private Raw record(String collection, byte[] document, long number) {
        var place = collection + " document " + number;
        return () -> mapping.ofBson(target.collectionFor(collection), document, place);
    }

    private static ObjectNode position(byte[] document, long read) {
        var id = new BsonDocument(ID, new RawBsonDocument(document).get(ID));
        return JsonMapper.shared().createObjectNode().put(LAST, id.toJson(CANONICAL)).put(READ, read);
    }

    private FindIterable<RawBsonDocument> find(String collection, Optional<ObjectNode> from) {
        var filter = from.map(position -> position.path(LAST).asString("")).filter(last -> !last.isEmpty())
                .map(last -> behind(Objects.requireNonNull(BsonDocument.parse(last).get(ID))))
                .orElseGet(BsonDocument::new);
        return client.getDatabase(database).getCollection(collection, RawBsonDocument.class).find(filter)
                .sort(new BsonDocument(ID, new BsonInt32(1))).batchSize(settings.batchRows());
    }

    /** What comes behind an id in MongoDB's order: what is greater, and what is of no type up to its own. */
    static BsonDocument behind(BsonValue id) {
        var before = new BsonArray();
        for (var types : ORDER) {
            types.forEach(type -> before.add(new BsonDocument(ID, new BsonDocument("$type", new BsonInt32(type
                    .getValue())))));
            if (types.contains(id.getBsonType())) {
                return new BsonDocument("$or", new BsonArray(List.of(new BsonDocument(ID, new BsonDocument("$gt", id)),
                        new BsonDocument("$nor", before))));
            }
        }
        return new BsonDocument(ID, new BsonDocument("$gte", id));
    }

    @Override
    public List<SourceIndex> indexes() {
        return translating(() -> parts().stream().flatMap(collection -> {
            var indexes = new ArrayList<tools.jackson.databind.JsonNode>();
            client.getDatabase(database).getCollection(collection).listIndexes(BsonDocument.class)
                    .forEach(index -> indexes.add(Values.parse(index.toJson(CANONICAL))));
            return MongoIndexes.of(target.collectionFor(collection), indexes).stream();
        }).toList());
    }

    private <T> T translating(Supplier<T> work) {
        try {
            return work.get();
        } catch (MongoSecurityException e) {
            throw new InvalidInputException("mongo-refused", "source", "MongoDB at " + address + " refuses us: "
                    + e.getMessage(), "check user, password and authSource of the URL");
        } catch (MongoQueryException e) {
            throw new InvalidInputException("mongo-answer-unknown", "source", "MongoDB at " + address + " answers: "
                    + e.getErrorMessage(), "check that the user may read the collections");
        } catch (MongoException | IllegalStateException e) {
            throw new UnavailableException("mongo-unavailable", "MongoDB at " + address + " cannot be reached: "
                    + firstLine(e),
                    "check that it runs and that the URL is right, then run the import again: it goes "
                            + "on where it was",
                    e);
        }
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public void close() {
        client.close();
    }
}
