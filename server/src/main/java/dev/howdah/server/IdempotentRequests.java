package dev.howdah.server;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Transaction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Carries out a request with an {@code Idempotency-Key} once: what it does and the note that it was done commit together,
 * and who sends it again within a day gets the first answer. Of two at the same time one waits for the other.
 */
final class IdempotentRequests {
    static final String TAKE = """
        INSERT INTO idempotent_requests (key, request, answer)
        VALUES (:key, :request, 'null')
            ON CONFLICT (key) DO NOTHING
        """;

    static final String FIND = """
        SELECT request, answer
          FROM idempotent_requests
         WHERE key = :key
        """;

    static final String ANSWER = """
        UPDATE idempotent_requests
           SET answer = :answer::jsonb
         WHERE key = :key
        """;

    static final String FORGET = """
        DELETE FROM idempotent_requests
         WHERE key = ANY (ARRAY (SELECT key
                                   FROM idempotent_requests
                                  WHERE created_at < now() - :ageMillis * interval '1 ms'
                                  LIMIT :limit
                                    FOR UPDATE SKIP LOCKED))
        """;

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int KEY_MAX = 255;
    private static final Duration KEPT = Duration.ofDays(1);
    private static final int FORGET_MAX = 100;

    private final Database database;

    IdempotentRequests(Database database) {
        this.database = database;
    }

    private record Known(String request, JsonNode answer) {}

    /**
     * Does the work, unless it was done.
     *
     * @param request what was asked for, path and body
     * @throws ConflictException if the key came with another request before
     */
    JsonNode once(String key, String request, Function<Transaction, JsonNode> work) {
        if (key.isBlank() || key.length() > KEY_MAX) {
            throw new InvalidInputException("idempotency-key-invalid", "Idempotency-Key", "has " + key.length()
                    + " characters", "use 1 to " + KEY_MAX + ", such as a UUID");
        }
        var hash = sha256(request);
        return database.inTransaction(tx -> {
            var handle = tx.handle();
            boolean isFirst = handle.createUpdate(TAKE).bind("key", key).bind("request", hash).execute() == 1;
            if (!isFirst) {
                return known(tx, key, hash);
            }
            var answer = work.apply(tx);
            handle.createUpdate(ANSWER).bind("key", key).bind("answer", answer.toString()).execute();
            handle.createUpdate(FORGET).bind("ageMillis", KEPT.toMillis()).bind("limit", FORGET_MAX).execute();
            return answer;
        });
    }

    private static JsonNode known(Transaction tx, String key, String hash) {
        var known = tx.handle().createQuery(FIND).bind("key", key).map((row, context) -> new Known(
                row.getString("request"), JSON.readTree(row.getString("answer")))).one();
        if (!known.request.equals(hash)) {
            throw new ConflictException("idempotency-key-reused", "Idempotency-Key \"" + key
                    + "\" came with another request before",
                    "use a new key for each request; send the same body again");
        }
        return known.answer;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
