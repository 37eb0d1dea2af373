package dev.howdah.agent.model;

/** The statements of {@link ModelCalls}. */
final class ModelCallsSql {
    /** A model without a price in the settings costs what the newest card of its name says. Writing again changes nothing. */
    static final String WRITE = """
        INSERT INTO model_calls (id, called_at, provider, model, purpose, task_id, input_tokens, output_tokens, cost,
               currency, duration_ms, attempts, outcome, error_code, error)
        SELECT given.id, now() - given.age_ms * interval '1 ms', given.provider, given.model, given.purpose,
               given.task_id, given.input_tokens, given.output_tokens,
               given.input_tokens * price.input + given.output_tokens * price.output,
               CASE WHEN price.input IS NOT NULL AND price.output IS NOT NULL THEN price.currency END,
               given.duration_ms, given.attempts, given.outcome, given.error_code, given.error
          FROM jsonb_to_recordset(:calls::jsonb) AS given (id uuid, age_ms bigint, provider text, model text,
               purpose text, task_id uuid, input_tokens bigint, output_tokens bigint, input_price numeric,
               output_price numeric, duration_ms bigint, attempts integer, outcome text, error_code text, error text)
          LEFT JOIN LATERAL (
               SELECT card -> 'pricing' AS pricing
                 FROM model_cards
                WHERE slug = given.model AND deleted_at IS NULL AND given.input_price IS NULL
                  AND jsonb_typeof(card -> 'pricing' -> 'inputPricePerToken') = 'number'
                  AND jsonb_typeof(card -> 'pricing' -> 'outputPricePerToken') = 'number'
                ORDER BY updated_at DESC
                LIMIT 1) AS described ON true
         CROSS JOIN LATERAL (
               SELECT COALESCE(given.input_price / 1000000,
                               (described.pricing ->> 'inputPricePerToken')::numeric) AS input,
                      COALESCE(given.output_price / 1000000,
                               (described.pricing ->> 'outputPricePerToken')::numeric) AS output,
                      COALESCE(described.pricing ->> 'currency', 'USD') AS currency) AS price
            ON CONFLICT (id) DO NOTHING
        """;

    static final String LIST = """
        SELECT id, called_at, provider, model, purpose, task_id, input_tokens, output_tokens, cost, currency,
               duration_ms, attempts, outcome, error_code, error
          FROM model_calls
         WHERE (:before::uuid IS NULL
                OR (called_at, id) < (SELECT called_at, id FROM model_calls WHERE id = :before::uuid))
           AND (:model::text IS NULL OR model = :model::text)
           AND (:purpose::text IS NULL OR purpose = :purpose::text)
           AND (:outcome::text IS NULL OR outcome = :outcome::text)
           AND (:task::uuid IS NULL OR task_id = :task::uuid)
           AND called_at >= COALESCE(:from::timestamptz, '-infinity')
           AND called_at < COALESCE(:to::timestamptz, 'infinity')
         ORDER BY called_at DESC, id DESC
         LIMIT :limit
        """;

    /** Days and hours are those of UTC. */
    static final String USAGE = """
        WITH calls AS (
          SELECT CASE :by::text
                   WHEN 'model' THEN provider || ':' || model
                   WHEN 'purpose' THEN purpose
                   WHEN 'day' THEN to_char(called_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
                   ELSE to_char(called_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24') || ':00:00Z'
                 END AS key, currency, cost, outcome, attempts, input_tokens, output_tokens, duration_ms
            FROM model_calls
           WHERE called_at >= :from::timestamptz AND called_at < :to::timestamptz),
        by_currency AS (
          SELECT key, currency, count(*) AS calls, count(*) FILTER (WHERE outcome <> 'answered') AS failed,
                 sum(attempts) AS attempts, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
                 sum(cost) AS cost, sum(duration_ms) AS duration_ms, max(duration_ms) AS longest_ms
            FROM calls
           GROUP BY key, currency)
        SELECT key, sum(calls)::bigint AS calls, sum(failed)::bigint AS failed, sum(attempts)::bigint AS attempts,
               sum(input_tokens)::bigint AS input_tokens, sum(output_tokens)::bigint AS output_tokens,
               COALESCE(sum(calls) FILTER (WHERE currency IS NULL), 0)::bigint AS unpriced,
               COALESCE(jsonb_object_agg(currency, cost) FILTER (WHERE currency IS NOT NULL), '{}') AS costs,
               (sum(duration_ms) / sum(calls))::bigint AS average_ms, max(longest_ms) AS longest_ms
          FROM by_currency
         GROUP BY key
         ORDER BY key
         LIMIT :limit
        """;

    static final String DELETE_OLD = """
        DELETE FROM model_calls
         WHERE id = ANY (ARRAY (SELECT id
                                  FROM model_calls
                                 WHERE called_at < now() - :ageMillis * interval '1 ms'
                                 ORDER BY called_at
                                 LIMIT :limit
                                   FOR UPDATE SKIP LOCKED))
        """;

    private ModelCallsSql() {}
}
