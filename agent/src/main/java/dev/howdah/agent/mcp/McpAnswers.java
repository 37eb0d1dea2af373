package dev.howdah.agent.mcp;

import dev.howdah.postgres.Database;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Answers to questions of tasks until all of them are there, since a client may answer one by one. Thread-safe. */
final class McpAnswers {
    static final String PUT = """
        INSERT INTO mcp_answers (task_id, question_id, key, answer)
        SELECT :task, :question, answered.key, answered.answer
          FROM unnest(:keys::text[], :answers::jsonb[]) AS answered (key, answer)
            ON CONFLICT (task_id, question_id, key) DO NOTHING
        """;

    static final String FIND = """
        SELECT key, answer
          FROM mcp_answers
         WHERE task_id = :task AND question_id = :question
         ORDER BY key
        """;

    static final String DELETE = """
        DELETE FROM mcp_answers
         WHERE task_id = :task
        """;

    static final String FORGET = """
        DELETE FROM mcp_answers
         WHERE (task_id, question_id, key) IN (SELECT task_id, question_id, key
                                                 FROM mcp_answers
                                                WHERE created_at < now() - :ageMillis * interval '1 ms'
                                                ORDER BY created_at
                                                LIMIT :limit)
        """;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int FORGET_MAX = 100;

    private final Database database;
    private final Duration age;

    /**
     * Answers in a database.
     *
     * @param age after which those whose task was never gone on with are forgotten
     */
    McpAnswers(Database database, Duration age) {
        this.database = database;
        this.age = age;
    }

    /** Adds answers; the first one to a question counts. Answers with all that are there. */
    Map<String, JsonNode> put(UUID task, String question, ObjectNode answers) {
        return database.inTransaction(tx -> {
            var handle = tx.handle();
            handle.createUpdate(PUT).bind("task", task).bind("question", question)
                    .bind("keys", answers.propertyNames().toArray(String[]::new))
                    .bind("answers", answers.values().stream().map(JsonNode::toString).toArray(String[]::new))
                    .execute();
            handle.createUpdate(FORGET).bind("ageMillis", age.toMillis()).bind("limit", FORGET_MAX).execute();
            return read(handle, task, question);
        });
    }

    /** All that are there, by key. */
    Map<String, JsonNode> find(UUID task, String question) {
        return database.withHandle(handle -> read(handle, task, question));
    }

    private static Map<String, JsonNode> read(org.jdbi.v3.core.Handle handle, UUID task, String question) {
        var found = new TreeMap<String, JsonNode>();
        handle.createQuery(FIND).bind("task", task).bind("question", question)
                .map((row, context) -> Map.entry(row.getString("key"), JSON.readTree(row.getString("answer")))).list()
                .forEach(answer -> found.put(answer.getKey(), answer.getValue()));
        return found;
    }

    /** Forgets those of a task. */
    void delete(UUID task) {
        database.withHandle(handle -> handle.createUpdate(DELETE).bind("task", task).execute());
    }
}
