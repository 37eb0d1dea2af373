package dev.howdah.bench;

import dev.howdah.documents.CollectionOptions;
import dev.howdah.documents.DocumentCollection;
import dev.howdah.documents.DocumentSettings;
import dev.howdah.documents.Documents;
import dev.howdah.documents.NewDocument;
import dev.howdah.documents.Query;
import dev.howdah.documents.changes.ChangeFeed;
import dev.howdah.documents.changes.ChangeSelection;
import dev.howdah.documents.query.DeclaredIndex;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Documents against raw SQL on JSONB with the same index; raw SQL writes and reads its documents by the same JSON library. */
final class DocumentRows {
    private static final String FIND = "find by an indexed path, 60 documents, 8 threads";
    private static final String INSERT = "insert, 1000 documents a batch";
    private static final String CHANGES = "changes of 1 M commits by 16 writers, read meanwhile";
    private static final String COLLECTION = "people";
    private static final int THREADS = 8;
    private static final int WRITERS = 16;
    private static final int BATCH = 1_000;
    /** Documents that have the same user. */
    private static final int OF_USER = 60;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final BenchDatabase database;
    private final BenchOptions options;
    private final int documents;
    private final Duration time;

    DocumentRows(BenchDatabase database, BenchOptions options) {
        this.database = database;
        this.options = options;
        this.documents = options.size(300_000, 30_000);
        this.time = Duration.ofSeconds(options.size(5, 2));
    }

    List<Section> sections() {
        return List.of(Section.of(this::find, FIND), Section.of(this::insert, INSERT),
                Section.expensive(this::changes, CHANGES));
    }

    /** What both can do. */
    private interface Store extends AutoCloseable {
        void insert(List<ObjectNode> batch);

        /** Reads the documents of a user, whole. */
        int find(int user);

        void index();

        @Override
        void close();
    }

    private static ObjectNode document(int number) {
        var document = JSON.createObjectNode().put("_id", "person-" + number).put("name", "Person " + number)
                .put("email", "person." + number + "@example.com").put("score", number % 1_000 / 7.0)
                .put("active", number % 3 == 0).put("text", "Lorem ipsum dolor sit amet, consetetur elitr. ".repeat(5));
        document.putObject("user").put("id", number / OF_USER).put("team", number % 17);
        document.putArray("tags").add("tag-" + number % 11).add("tag-" + number % 13);
        return document;
    }

    private static List<ObjectNode> batch(int from) {
        return IntStream.range(from, from + BATCH).mapToObj(DocumentRows::document).toList();
    }

    /** Ours, in a schema without anything in it. */
    private static final class Ours implements Store {
        private final Database database;
        private final Documents documents;
        private final DocumentCollection people;

        Ours(BenchDatabase server) {
            database = Database.open(server.fresh());
            new Migrator(database, Migrations.ofModules("documents")).up();
            documents = new Documents(database, DocumentSettings.defaults());
            documents.create(COLLECTION, CollectionOptions.none());
            people = documents.collection(COLLECTION);
        }

        @Override
        public void insert(List<ObjectNode> batch) {
            people.insert(batch.stream().map(NewDocument::of).toList());
        }

        @Override
        public void index() {
            people.createIndex(new DeclaredIndex("user", DeclaredIndex.Kind.BTREE, List.of(FieldPath.parse("user.id")),
                    false));
        }

        @Override
        public int find(int user) {
            var filter = Filter.parse(JSON.createObjectNode().put("user.id", user));
            return people.find(Query.of(filter)).stream().mapToInt(found -> found.value().size() > 0 ? 1 : 0).sum();
        }

        @Override
        public void close() {
            documents.close();
            database.close();
        }
    }

    /** Raw SQL, with a connection for each thread. */
    private static final class Raw implements Store {
        private final BenchDatabase server;
        private final Collection<Connection> opened = new ConcurrentLinkedQueue<>();
        private final ThreadLocal<Connection> connection = ThreadLocal.withInitial(this::open);

        Raw(BenchDatabase server) {
            this.server = server;
            server.fresh();
            server.execute("CREATE TABLE raw (id text PRIMARY KEY, data jsonb NOT NULL)");
        }

        private Connection open() {
            try {
                var made = server.connect();
                opened.add(made);
                return made;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void insert(List<ObjectNode> batch) {
            try (var insert = connection.get().prepareStatement("""
                INSERT INTO raw (id, data)
                SELECT id, data::jsonb FROM unnest(?::text[], ?::text[]) AS given (id, data)
                """)) {
                insert.setArray(1, connection.get().createArrayOf("text",
                        batch.stream().map(each -> each.path("_id").asString()).toArray()));
                insert.setArray(2, connection.get().createArrayOf("text",
                        batch.stream().map(ObjectNode::toString).toArray()));
                insert.executeUpdate();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void index() {
            server.execute("CREATE INDEX ON raw ((data #> '{user,id}'))");
            server.execute("ANALYZE raw");
        }

        @Override
        public int find(int user) {
            try (var select = connection.get().prepareStatement(
                    "SELECT id, data FROM raw WHERE data #> '{user,id}' = ?::jsonb ORDER BY id")) {
                select.setString(1, Integer.toString(user));
                int found = 0;
                try (var rows = select.executeQuery()) {
                    while (rows.next()) {
                        found += JSON.readTree(rows.getString(2)).size() > 0 ? 1 : 0;
                    }
                }
                return found;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            for (var each : opened) {
                try {
                    each.close();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private static Contest contest(String unit, String row) {
        return new Contest(unit, false, row).in("data");
    }

    private Contest find() {
        return contest("finds/s", FIND).ours(() -> finds(() -> new Ours(database)))
                .against("raw SQL", 0.85, () -> finds(() -> new Raw(database)));
    }

    private double[] finds(Supplier<Store> open) {
        try (var store = open.get()) {
            for (int from = 0; from < documents; from += BATCH) {
                store.insert(batch(from));
            }
            store.index();
            database.vacuum();
            IntConsumer find = user -> {
                if (store.find(user) != OF_USER) {
                    throw new IllegalStateException("documents of user " + user + " are missing");
                }
            };
            return new double[]{Load.steadyRate(THREADS, documents / OF_USER, time, find)};
        }
    }

    private Contest insert() {
        return contest("documents/s", INSERT).ours(() -> inserts(() -> new Ours(database)))
                .against("raw SQL", 0.85, () -> inserts(() -> new Raw(database)));
    }

    private double[] inserts(Supplier<Store> open) {
        int count = options.size(100_000, 20_000);
        try (var store = open.get()) {
            insert(store, 0, count); // warm
            long begin = System.nanoTime();
            insert(store, count, count);
            return new double[]{count * 1e9 / (System.nanoTime() - begin)};
        }
    }

    private static void insert(Store store, int from, int count) {
        for (int next = from; next < from + count; next += BATCH) {
            store.insert(batch(next));
        }
    }

    /** Fails if a change comes twice. */
    private Contest changes() {
        int commits = options.size(1_000_000, 50_000);
        return contest("changes", CHANGES).ours(() -> {
            try (var ours = new Ours(database)) {
                var writers = Thread.ofPlatform().start(() -> Load.each(WRITERS, commits,
                        number -> ours.people.insert(NewDocument.of(JSON.createObjectNode().put("_id", number)))));
                return new double[]{read(ours, writers)};
            }
        }).against("commits", 1, () -> new double[]{commits});
    }

    private static double read(Ours ours, Thread writers) {
        var feed = ours.documents.changes();
        var selection = ChangeSelection.all().ofCollection(COLLECTION);
        var seen = new HashSet<String>();
        var next = feed.oldest(selection);
        boolean isOver = false;
        while (true) {
            boolean wasOver = isOver;
            isOver = !writers.isAlive();
            var page = feed.read(selection, next, ChangeFeed.PAGE_MAX);
            for (var event : page.events()) {
                if (!seen.add(event.id())) {
                    throw new IllegalStateException("the insertion of " + event.id() + " came twice");
                }
            }
            next = page.next();
            if (page.events().isEmpty()) {
                if (wasOver) {
                    return seen.size();
                }
                JavaPeer.sleep(Duration.ofMillis(20));
            }
        }
    }
}
