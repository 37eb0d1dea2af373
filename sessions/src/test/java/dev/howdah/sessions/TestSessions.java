package dev.howdah.sessions;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sessions in a schema of their own, and a hand on the clock of their rows. */
final class TestSessions {
    final Database database;
    final Sessions sessions;

    private TestSessions(Database database, SessionSettings settings) {
        this.database = database;
        this.sessions = new Sessions(database, settings);
    }

    static TestSessions open() {
        return open(SessionSettings.defaults());
    }

    static TestSessions open(SessionSettings settings) {
        return open(TestDatabase.settings().withPool(20, 0), settings);
    }

    static TestSessions open(DatabaseSettings database, SessionSettings settings) {
        var opened = TestDatabase.open(database);
        new Migrator(opened, Migrations.ofModules("sessions")).up();
        return new TestSessions(opened, settings);
    }

    /** The same rows with other settings. */
    TestSessions with(SessionSettings settings) {
        return new TestSessions(database, settings);
    }

    /** Lets time pass for one session: everything about it becomes older. */
    void age(SessionId id, String interval) {
        database.withHandle(handle -> handle.createUpdate("""
            UPDATE sessions
               SET created_at = created_at - :by::interval, updated_at = updated_at - :by::interval,
                   accessed_at = accessed_at - :by::interval, expires_at = expires_at - :by::interval,
                   absolute_until = absolute_until - :by::interval, previous_until = previous_until - :by::interval,
                   ended_at = ended_at - :by::interval
             WHERE id_hash = :hash
            """).bind("by", interval).bind("hash", id.hash()).execute());
    }

    <T> T value(String sql, Class<T> type) {
        return database.withHandle(handle -> handle.createQuery(sql).mapTo(type).one());
    }

    static Map<String, JsonNode> attributes(String json) {
        return Map.copyOf(JsonMapper.shared().readTree(json.replace('\'', '"')).properties().stream()
                .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }

    static String text(Session session) {
        var json = JsonMapper.shared().createObjectNode();
        new java.util.TreeMap<>(session.attributes()).forEach(json::set);
        return json.toString().replace('"', '\'');
    }
}
