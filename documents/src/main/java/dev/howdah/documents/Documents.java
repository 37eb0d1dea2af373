package dev.howdah.documents;

import dev.howdah.documents.changes.ChangeFeed;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.util.List;
import java.util.Optional;

/**
 * Collections of JSON documents.
 *
 * <pre>{@code
 * documents.create("orders", CollectionOptions.none());
 * var orders = documents.collection("orders");
 * orders.insert(NewDocument.of(order));
 * orders.updateMany(Filter.parse(paid), Update.parse(shipped));
 * }</pre>
 *
 * Thread-safe.
 */
public final class Documents implements AutoCloseable {
    private final Database database;
    private final Catalogue catalogue;
    private final Store store;
    private final DocumentUpkeep upkeep;

    /** Documents of the database. */
    public Documents(Database database, DocumentSettings settings) {
        this.database = database;
        this.catalogue = new Catalogue(database, new Partitions(database));
        var inserts = new Inserts(database, settings);
        var indexes = new Indexes(database, catalogue);
        this.store = new Store(database, settings, catalogue, inserts, new Writes(database, inserts),
                new Reads(settings), indexes);
        this.upkeep = new DocumentUpkeep(database, settings, indexes);
    }

    /** What the parts of a collection work with. */
    record Store(Database database, DocumentSettings settings, Catalogue catalogue, Inserts inserts, Writes writes,
            Reads reads, Indexes indexes) {}

    /**
     * Creates a collection, or sets the options of one that is there.
     *
     * @param name 1 to 120 letters, digits, {@code _}, {@code .} and {@code -}
     * @return whether it was created
     * @throws InvalidInputException if the name cannot be one
     * @throws UnavailableException if long transactions kept it from being created
     */
    public boolean create(String name, CollectionOptions options) {
        return catalogue.create(name, options);
    }

    /** All collections, by name. */
    public List<CollectionState> list() {
        return catalogue.list(Optional.empty());
    }

    /**
     * A collection as it is.
     *
     * @throws NotFoundException if there is no such collection
     */
    public CollectionState state(String name) {
        return catalogue.list(Optional.of(name)).stream().findFirst().orElseThrow(() -> Catalogue.unknown(name));
    }

    /**
     * Drops a collection with its documents, indexes and changes.
     *
     * @throws NotFoundException if there is none
     * @throws UnavailableException if long transactions kept it from being dropped
     */
    public void drop(String name) {
        catalogue.drop(name);
    }

    /** A collection to work with. Whether it is there shows with the first call. */
    public DocumentCollection collection(String name) {
        return new DocumentCollection(store, name);
    }

    /** What was written to all collections. */
    public ChangeFeed changes() {
        return new ChangeFeed(database);
    }

    /** What has to be done now and then. */
    public DocumentUpkeep upkeep() {
        return upkeep;
    }

    @Override
    public void close() {
        upkeep.close();
        catalogue.close();
    }
}
