package dev.howdah.agent.modelcard;

import dev.howdah.agent.modelcard.ModelCard.Status;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Cards of models. A change, also one that restores an older version, makes a new version and keeps all before; a card that
 * is deleted can be restored, unless it is deleted for ever. Within a workspace a slug names one card. Thread-safe.
 */
public final class ModelCards {
    /** Cards, or versions, of one page. */
    public static final int LIMIT_MAX = 200;
    /** Cards that a page may pass over; whoever wants more narrows the list. */
    public static final int OFFSET_MAX = 100_000;

    /** The code of the conflict with somebody who has changed the card meanwhile. */
    public static final String CHANGED = "model-card-changed";

    private static final String UNIQUE_VIOLATION = "23505";

    private final Database database;

    public ModelCards(Database database) {
        this.database = database;
    }

    /**
     * Adds a card, in the caller's transaction.
     *
     * @throws ConflictException {@code model-card-exists}, if the workspace has one of the slug
     */
    public ModelCard create(Transaction tx, NewModelCard given) {
        return tx.handle().createQuery(ModelCardsSql.CREATE).bind("id", Uuids.next())
                .bind("workspace", given.workspaceId()).bind("user", given.userId()).bind("name", given.name())
                .bind("slug", given.slug()).bind("description", given.description())
                .bind("card", given.card().toString()).bind("status", label(given.status()))
                .map(ModelCards::read).findOne()
                .orElseThrow(() -> exists(given.workspaceId(), given.slug()));
    }

    /** {@link #create(Transaction, NewModelCard)} in a transaction of its own. */
    public ModelCard create(NewModelCard given) {
        return database.inTransaction(tx -> create(tx, given));
    }

    /**
     * Changes a card, in the caller's transaction.
     *
     * @param expected the version that the change was made for; absent to change whatever is there
     * @throws NotFoundException if there is none of the id, or it was deleted
     * @throws ConflictException {@link #CHANGED}, if it has another version
     */
    public ModelCard update(Transaction tx, UUID id, OptionalInt expected, ModelCardChange change) {
        return tx.handle().createQuery(ModelCardsSql.UPDATE).bind("id", id).bind("expected", boxed(expected))
                .bind("name", change.name().orElse(null)).bind("description", change.description().orElse(null))
                .bind("card", change.card().map(ObjectNode::toString).orElse(null))
                .bind("status", change.status().map(ModelCards::label).orElse(null))
                .bind("reason", change.reason())
                .map(ModelCards::read).findOne()
                .orElseThrow(() -> why(tx, id, expected));
    }

    /** {@link #update(Transaction, UUID, OptionalInt, ModelCardChange)} in a transaction of its own. */
    public ModelCard update(UUID id, OptionalInt expected, ModelCardChange change) {
        return database.inTransaction(tx -> update(tx, id, expected, change));
    }

    /**
     * Makes what an older version said the newest one, also of a card that was deleted, in the caller's transaction.
     *
     * @param reason why; may be empty
     * @throws NotFoundException if there is no such card or version
     * @throws ConflictException {@link #CHANGED}, if it has another version than the expected one; {@code model-card-exists}, if
     *         its slug was given to another card meanwhile
     */
    public ModelCard restore(Transaction tx, UUID id, int version, OptionalInt expected, String reason) {
        new CardChecks().text("/changeReason", reason, CardChecks.REASON_MAX).check();
        try {
            return tx.handle().createQuery(ModelCardsSql.RESTORE).bind("id", id).bind("version", version)
                    .bind("expected", boxed(expected)).bind("reason", reason).map(ModelCards::read).findOne()
                    .orElseThrow(() -> version(tx.handle(), id, version).isEmpty()
                            ? unknown(id, version)
                            : why(tx, id, expected));
        } catch (UnableToExecuteStatementException e) {
            if (e.getCause() instanceof SQLException cause && UNIQUE_VIOLATION.equals(cause.getSQLState())) {
                throw new ConflictException("model-card-exists", "the slug of card " + id
                        + " was given to another card of its workspace meanwhile", "delete the other one first");
            }
            throw e;
        }
    }

    /** {@link #restore(Transaction, UUID, int, OptionalInt, String)} in a transaction of its own. */
    public ModelCard restore(UUID id, int version, OptionalInt expected, String reason) {
        return database.inTransaction(tx -> restore(tx, id, version, expected, reason));
    }

    /**
     * Deletes a card, in the caller's transaction; it can be restored.
     *
     * @throws NotFoundException if there is none of the id, or it is deleted already
     * @throws ConflictException {@link #CHANGED}, if it has another version than the expected one
     */
    public void delete(Transaction tx, UUID id, OptionalInt expected) {
        delete(tx, ModelCardsSql.DELETE, id, expected);
    }

    /** {@link #delete(Transaction, UUID, OptionalInt)} in a transaction of its own. */
    public void delete(UUID id, OptionalInt expected) {
        database.useTransaction(tx -> delete(tx, id, expected));
    }

    /** The same with all versions, and for ever; also of one that is deleted already. */
    public void deleteForEver(Transaction tx, UUID id, OptionalInt expected) {
        delete(tx, ModelCardsSql.DELETE_FOR_EVER, id, expected);
    }

    /** {@link #deleteForEver(Transaction, UUID, OptionalInt)} in a transaction of its own. */
    public void deleteForEver(UUID id, OptionalInt expected) {
        database.useTransaction(tx -> deleteForEver(tx, id, expected));
    }

    private void delete(Transaction tx, String statement, UUID id, OptionalInt expected) {
        if (tx.handle().createUpdate(statement).bind("id", id).bind("expected", boxed(expected)).execute() == 0) {
            throw why(tx, id, expected);
        }
    }

    /**
     * A card in its newest version.
     *
     * @throws NotFoundException if there is none of the id, or it was deleted
     */
    public ModelCard get(UUID id) {
        var found = database.read(handle -> handle.createQuery(ModelCardsSql.FIND).bind("id", id)
                .map(ModelCards::read).findOne());
        return found.filter(card -> card.deletedAt().isEmpty()).orElseThrow(() -> unknown(id, found.isPresent()));
    }

    /**
     * What a list is narrowed by; whatever is absent narrows nothing.
     *
     * @param text words that stand in the name, the slug, the description or the card
     * @param capability one of the card's capabilities
     * @param skill the id or name of one of its skills
     * @param deleted those that are deleted instead of the others
     */
    public record Filter(Optional<String> workspaceId, Optional<Status> status, Optional<String> text,
            Optional<String> capability, Optional<String> skill, boolean deleted) {
        /** All that are not deleted. */
        public static Filter none() {
            return new Filter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                    false);
        }
    }

    /**
     * A part of a list.
     *
     * @param total cards that match, on all pages
     */
    public record Page(List<ModelCard> items, long total) {
        public Page {
            items = List.copyOf(items);
        }
    }

    /**
     * Cards, the one that was changed last first.
     *
     * @param limit 1 to {@link #LIMIT_MAX}
     * @param offset cards to pass over, 0 to {@link #OFFSET_MAX}
     */
    public Page list(Filter filter, int limit, int offset) {
        var faults = new ArrayList<Fault>();
        if (limit < 1 || limit > LIMIT_MAX) {
            faults.add(new Fault("limit", limit + " is out of range", "use 1 to " + LIMIT_MAX));
        }
        if (offset < 0 || offset > OFFSET_MAX) {
            faults.add(new Fault("offset", offset + " is out of range", "use 0 to " + OFFSET_MAX));
        }
        if (!faults.isEmpty()) {
            throw new InvalidInputException("model-cards-invalid", faults);
        }
        record Row(long total, Optional<ModelCard> card) {}
        var rows = database.read(handle -> handle.createQuery(ModelCardsSql.LIST)
                .bind("deleted", filter.deleted()).bind("workspace", filter.workspaceId().orElse(null))
                .bind("status", filter.status().map(ModelCards::label).orElse(null))
                .bind("text", filter.text().orElse(null)).bind("capability", filter.capability().orElse(null))
                .bind("skill", filter.skill().orElse(null)).bind("limit", limit).bind("offset", offset)
                .map((row, context) -> new Row(row.getLong("total"), row.getObject("id") == null
                        ? Optional.empty()
                        : Optional.of(read(row, context))))
                .list());
        return new Page(rows.stream().flatMap(row -> row.card.stream()).toList(), rows.getFirst().total);
    }

    /**
     * What a card said before and says now, newest first; also of one that is deleted.
     *
     * @param before only versions before this one
     * @param limit 1 to {@link #LIMIT_MAX}
     * @throws NotFoundException if there is no such card
     */
    public List<ModelCardVersion> versions(UUID id, OptionalInt before, int limit) {
        if (limit < 1 || limit > LIMIT_MAX) {
            throw new InvalidInputException("model-cards-invalid", "limit", limit + " is out of range",
                    "use 1 to " + LIMIT_MAX);
        }
        var versions = database.read(handle -> handle.createQuery(ModelCardsSql.VERSIONS).bind("id", id)
                .bind("before", boxed(before)).bind("limit", limit).map(ModelCards::readVersion).list());
        if (versions.isEmpty() && version(id, 1).isEmpty()) {
            throw unknown(id, false);
        }
        return versions;
    }

    /** One version of a card, if there is such a one. */
    public Optional<ModelCardVersion> version(UUID id, int version) {
        return database.read(handle -> version(handle, id, version));
    }

    private static Optional<ModelCardVersion> version(Handle handle, UUID id, int version) {
        return handle.createQuery(ModelCardsSql.VERSION).bind("id", id).bind("version", version)
                .map(ModelCards::readVersion).findOne();
    }

    /**
     * One version of a card.
     *
     * @throws NotFoundException if there is none
     */
    public ModelCardVersion getVersion(UUID id, int version) {
        return version(id, version).orElseThrow(() -> unknown(id, version));
    }

    /** Why nothing was changed. */
    private static HowdahException why(Transaction tx, UUID id, OptionalInt expected) {
        var found = tx.handle().createQuery(ModelCardsSql.FIND).bind("id", id).map(ModelCards::read).findOne();
        if (found.isPresent() && expected.isPresent() && found.get().version() != expected.getAsInt()) {
            return new ConflictException(CHANGED, "card " + id + " has version " + found.get().version() + ", not "
                    + expected.getAsInt(), "read it again, and repeat the change if it is still wanted");
        }
        return unknown(id, found.isPresent());
    }

    private static NotFoundException unknown(UUID id, boolean isDeleted) {
        return new NotFoundException("model-card-not-found", isDeleted
                ? "card " + id + " was deleted"
                : "there is no card " + id,
                isDeleted
                        ? "restore one of its versions"
                        : "GET /a2a/model-cards lists those that are there");
    }

    private static NotFoundException unknown(UUID id, int version) {
        return new NotFoundException("model-card-version-not-found", "card " + id + " has no version " + version,
                "GET /a2a/model-cards/" + id + "/versions lists those that it has");
    }

    private static ConflictException exists(String workspace, String slug) {
        return new ConflictException("model-card-exists", "workspace \"" + workspace + "\" has a card \"" + slug
                + "\" already", "change that one, or use another slug");
    }

    private static ModelCard read(ResultSet row, StatementContext context) throws SQLException {
        return new ModelCard(row.getObject("id", UUID.class), row.getString("workspace_id"), row.getString("user_id"),
                row.getString("name"), row.getString("slug"), row.getString("description"), json(row), status(row),
                row.getInt("version"), time(row, "created_at").orElseThrow(), time(row, "updated_at").orElseThrow(),
                time(row, "deleted_at"));
    }

    private static ModelCardVersion readVersion(ResultSet row, StatementContext context) throws SQLException {
        int restoredFrom = row.getInt("restored_from");
        return new ModelCardVersion(row.getObject("card_id", UUID.class), row.getInt("version"),
                row.getString("name"), row.getString("description"), json(row), status(row),
                row.getString("change_reason"),
                restoredFrom == 0 ? OptionalInt.empty() : OptionalInt.of(restoredFrom),
                time(row, "created_at").orElseThrow());
    }

    private static ObjectNode json(ResultSet row) throws SQLException {
        return (ObjectNode) JsonMapper.shared().readTree(row.getString("card"));
    }

    private static Status status(ResultSet row) throws SQLException {
        return Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT));
    }

    private static Optional<Instant> time(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static @Nullable Integer boxed(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }

    private static String label(Status status) {
        return ModelCardReader.label(status);
    }
}
