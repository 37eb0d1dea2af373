package dev.howdah.operations.backup;

import dev.howdah.documents.CollectionOptions;
import dev.howdah.documents.DocumentSettings;
import dev.howdah.documents.Documents;
import dev.howdah.documents.NewDocument;
import dev.howdah.documents.query.DeclaredIndex;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.queue.NewTask;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.queue.QueueSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** A schema with something of every kind in it: tasks, history, documents with indexes of their own, unlogged entries. */
final class Filled implements AutoCloseable {
    static final String[] MODULES = {"queue", "knowledge", "sessions", "documents", "cache", "operations"};
    private static final JsonMapper JSON = JsonMapper.shared();

    final Database database;
    final Documents documents;
    final PostgresTaskQueue queue;

    private Filled(Database database) {
        this.database = database;
        this.documents = new Documents(database, DocumentSettings.defaults());
        this.queue = new PostgresTaskQueue(database, QueueSettings.defaults());
    }

    static Migrations migrations() {
        return Migrations.ofModules(MODULES);
    }

    static Filled create(int rows) {
        var database = TestDatabase.create();
        new Migrator(database, migrations()).up();
        var filled = new Filled(database);
        filled.fill(rows);
        return filled;
    }

    private void fill(int rows) {
        queue.enqueue(IntStream.range(0, rows).mapToObj(i -> NewTask.of("greet", JSON.createObjectNode().put("number",
                i)).withKey("k" + i)).toList());
        execute("SELECT create_history_partitions(3)");
        queue.claim("w1", Set.of("greet"), rows / 2, Duration.ofMinutes(5));
        execute("""
            INSERT INTO task_history (id, queue, type, state, priority, attempt, max_attempts, payload, created_at, run_at,
                   ended_at)
            SELECT t.id, t.queue, t.type, 'cancelled', t.priority, 0, t.max_attempts, t.payload, now(), now(), now()
              FROM tasks t
             ORDER BY t.id
             LIMIT %d
            """.formatted(
                rows / 4));
        execute("DELETE FROM tasks t USING task_history h WHERE t.id = h.id");
        for (var name : List.of("orders", "people")) {
            documents.create(name, CollectionOptions.none());
            documents.collection(name).createIndex(new DeclaredIndex("by_number", DeclaredIndex.Kind.BTREE, List.of(
                    FieldPath.parse("number")), true));
            documents.collection(name).insert(IntStream.range(0, rows).mapToObj(i -> NewDocument.of(JSON
                    .createObjectNode().put("_id", "d" + i).put("number", i).put("text", "x".repeat(i % 500))))
                    .toList());
        }
        execute("INSERT INTO repositories (name) SELECT 'o/r' || i FROM generate_series(1, 20) AS i");
        execute("""
            INSERT INTO cache_entries_unlogged (cache, key, kind, value, version)
            SELECT 1, 'k'::bytea || i::text::bytea, 1, 'v', i FROM generate_series(1, 10) AS i
            """);
        execute("CREATE TABLE notes_of_ours (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text[] NOT NULL)");
        execute("INSERT INTO notes_of_ours (words) VALUES ('{a,b}'), ('{}')");
    }

    void execute(String sql) {
        database.withHandle(handle -> handle.execute(sql));
    }

    /** Of every table: how many rows, and a sum over all of their texts. */
    static Map<String, String> content(Database database) {
        return database.withHandle(handle -> {
            var content = new TreeMap<String, String>();
            var names = handle.createQuery("""
                SELECT c.relname FROM pg_class c
                 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
                """).mapTo(String.class).list();
            for (var name : names) {
                content.put(name,
                        handle.createQuery("SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) "
                                + "FROM \"" + name + "\" t").mapTo(String.class).one());
            }
            return content;
        });
    }

    /** Indexes and constraints by table. */
    static Map<String, Object> definition(Database database) {
        return database.withHandle(handle -> {
            var definition = new TreeMap<String, Object>();
            Catalogue.read(handle, database.settings().schema()).tables().forEach(found -> definition.put(found.table()
                    .name(), found.table()));
            return definition;
        });
    }

    Database open(String schema) {
        return TestDatabase.open(database.settings().inSchema(schema));
    }

    static long number(Database database, String sql) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(Long.class).one());
    }

    @Override
    public void close() {
        documents.close();
    }
}
