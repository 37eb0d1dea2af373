package dev.howdah.agent.model;

import dev.howdah.agent.model.ModelCall.Cost;
import dev.howdah.agent.model.ModelCall.Failure;
import dev.howdah.agent.model.ModelCall.Outcome;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.Transaction;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** What was asked of language models: written in sets, listed, summed up, and forgotten in time. Thread-safe. */
public final class ModelCalls {
    /** Calls of one page. */
    public static final int LIMIT_MAX = 500;
    /** The longest time that is summed up at once; by hours it is {@link #HOURS_SPAN_MAX}. */
    public static final Duration SPAN_MAX = Duration.ofDays(366);
    public static final Duration HOURS_SPAN_MAX = Duration.ofDays(31);

    private static final int SUMS_MAX = 1_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Database database;

    public ModelCalls(Database database) {
        this.database = database;
    }

    /**
     * What a list is narrowed by; whatever is absent narrows nothing.
     *
     * @param from the earliest begin
     * @param to what the begin has to be before
     */
    public record Filter(Optional<String> model, Optional<String> purpose, Optional<Outcome> outcome,
            Optional<UUID> taskId, Optional<Instant> from, Optional<Instant> to) {
        /** Everything. */
        public static Filter none() {
            return new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                    Optional.empty(), Optional.empty());
        }
    }

    /** Remembers calls in one statement, in the caller's transaction; one that is known already stays as it is. */
    void write(Transaction tx, List<NewModelCall> calls) {
        long now = System.nanoTime();
        tx.handle().createUpdate(ModelCallsSql.WRITE)
                .bind("calls", JSON.writeValueAsString(calls.stream().map(call -> row(call, now)).toList())).execute();
    }

    private static Map<String, @Nullable Object> row(NewModelCall call, long now) {
        var row = new HashMap<String, @Nullable Object>();
        row.put("id", call.id());
        row.put("age_ms", Duration.ofNanos(now - call.begun()).toMillis());
        row.put("provider", call.provider());
        row.put("model", call.model());
        row.put("purpose", call.purpose());
        row.put("task_id", call.taskId().orElse(null));
        row.put("input_tokens", call.inputTokens());
        row.put("output_tokens", call.outputTokens());
        row.put("input_price", call.price().map(ModelPrices.Price::inputPerMillion).orElse(null));
        row.put("output_price", call.price().map(ModelPrices.Price::outputPerMillion).orElse(null));
        row.put("duration_ms", call.duration().toMillis());
        row.put("attempts", call.attempts());
        row.put("outcome", label(call.outcome()));
        row.put("error_code", call.failure().map(Failure::code).orElse(null));
        row.put("error", call.failure().map(Failure::error).orElse(null));
        return row;
    }

    /**
     * Calls, newest first, by pages.
     *
     * @param before the id of the last call of the page before
     * @param limit 1 to {@link #LIMIT_MAX}
     * @throws InvalidInputException {@code model-calls-invalid}
     */
    public List<ModelCall> list(Filter filter, Optional<UUID> before, int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("model-calls-invalid", "limit", limit + " is out of range",
                    "use 1 to " + LIMIT_MAX);
        }
        return database.read(handle -> handle.createQuery(ModelCallsSql.LIST)
                .bind("before", before.orElse(null))
                .bind("model", filter.model().orElse(null))
                .bind("purpose", filter.purpose().orElse(null))
                .bind("outcome", filter.outcome().map(ModelCalls::label).orElse(null))
                .bind("task", filter.taskId().orElse(null))
                .bind("from", filter.from().map(ModelCalls::time).orElse(null))
                .bind("to", filter.to().map(ModelCalls::time).orElse(null))
                .bind("limit", limit)
                .map(ModelCalls::read)
                .list());
    }

    /**
     * What models were used for from a point in time up to another, summed up; at most 1,000 sums, by their keys.
     *
     * @throws InvalidInputException {@code model-usage-invalid}, if the span is empty or too long
     */
    public List<ModelUse> usage(Instant from, Instant to, ModelUse.By by) {
        var max = by == ModelUse.By.HOUR ? HOURS_SPAN_MAX : SPAN_MAX;
        var faults = new ArrayList<Fault>();
        if (!from.isBefore(to)) {
            faults.add(new Fault("from", from + " is not before " + to, "begin earlier"));
        } else if (Duration.between(from, to).compareTo(max) > 0) {
            faults.add(new Fault("from", "the span has more than " + max.toDays() + " days",
                    "begin later, or ask for the rest by a request of its own"));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException("model-usage-invalid", faults);
        }
        return database.read(handle -> handle.createQuery(ModelCallsSql.USAGE)
                .bind("by", label(by)).bind("from", time(from)).bind("to", time(to)).bind("limit", SUMS_MAX)
                .map(ModelCalls::readUse)
                .list());
    }

    /** Forgets some of the calls that are older than this, in the caller's transaction; how many. */
    int deleteOld(Transaction tx, Duration age, int limit) {
        return tx.handle().createUpdate(ModelCallsSql.DELETE_OLD).bind("ageMillis", age.toMillis())
                .bind("limit", limit).execute();
    }

    Database database() {
        return database;
    }

    private static ModelCall read(ResultSet row, StatementContext context) throws SQLException {
        var cost = Optional.ofNullable(row.getBigDecimal("cost"));
        var currency = row.getString("currency");
        var code = Optional.ofNullable(row.getString("error_code"));
        var error = row.getString("error");
        return new ModelCall(row.getObject("id", UUID.class),
                row.getObject("called_at", OffsetDateTime.class).toInstant(), row.getString("provider"),
                row.getString("model"), row.getString("purpose"),
                Optional.ofNullable(row.getObject("task_id", UUID.class)), row.getLong("input_tokens"),
                row.getLong("output_tokens"), cost.map(amount -> new Cost(amount, currency)),
                Duration.ofMillis(row.getLong("duration_ms")), row.getInt("attempts"),
                Outcome.valueOf(row.getString("outcome").toUpperCase(Locale.ROOT)),
                code.map(known -> new Failure(known, error == null ? "" : error)));
    }

    private static ModelUse readUse(ResultSet row, StatementContext context) throws SQLException {
        var costs = new HashMap<String, BigDecimal>();
        JSON.readTree(row.getString("costs")).properties()
                .forEach(cost -> costs.put(cost.getKey(), cost.getValue().decimalValue()));
        return new ModelUse(row.getString("key"), row.getLong("calls"), row.getLong("failed"),
                row.getLong("attempts"), row.getLong("input_tokens"), row.getLong("output_tokens"), costs,
                row.getLong("unpriced"), Duration.ofMillis(row.getLong("average_ms")),
                Duration.ofMillis(row.getLong("longest_ms")));
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
