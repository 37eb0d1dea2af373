package dev.howdah.operations.search;

import dev.howdah.documents.Document;
import dev.howdah.documents.Documents;
import dev.howdah.documents.Query;
import dev.howdah.documents.changes.ChangeEvent;
import dev.howdah.documents.changes.ChangeFeed;
import dev.howdah.documents.changes.ChangePage;
import dev.howdah.documents.changes.ChangeSelection;
import dev.howdah.documents.changes.ChangeToken;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.value.DocumentIds;
import dev.howdah.knowledge.collection.Entry;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.search.KnowledgeSearch;
import dev.howdah.knowledge.search.SearchMode;
import dev.howdah.knowledge.search.SearchRequest;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Notifications.Subscription;
import dev.howdah.postgres.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Documents by words and by meaning. A collection that is to be searched is followed by one of {@code knowledge}: at first all
 * documents, then every change, read from the change feed. What was read and how far that was are stored together, and only by
 * whoever still stands where it began to read; so a change is taken once, whoever is killed and however many follow. A search
 * sees a write a moment later. Thread-safe.
 */
public final class DocumentSearches implements AutoCloseable {
    /** The most documents that one search looks at. */
    public static final int HITS_MAX = SearchRequest.LIMIT_MAX;

    private static final Logger LOG = LoggerFactory.getLogger(DocumentSearches.class);
    private static final FieldPath ID = FieldPath.parse("_id");
    private static final int BATCH = 200;
    private static final Duration POLL = Duration.ofSeconds(5);

    static final String PUT = """
        INSERT INTO document_searches (collection, title, fields, language, token, cursor)
        VALUES (:collection, :title, :fields::text[], :language, :token, '')
            ON CONFLICT (collection) DO UPDATE
           SET title = EXCLUDED.title, fields = EXCLUDED.fields, language = EXCLUDED.language, token = EXCLUDED.token,
               cursor = ''
        """;

    static final String DELETE = """
        DELETE FROM document_searches
         WHERE collection = :collection
        """;

    static final String LIST = """
        SELECT collection, title, fields, language, token, cursor
          FROM document_searches
         WHERE :collection::text IS NULL OR collection = :collection
         ORDER BY collection
        """;

    /** Only from where it was read. */
    static final String MOVE_ON = """
        UPDATE document_searches
           SET token = :token, cursor = :cursor
         WHERE collection = :collection AND token = :tokenBefore AND cursor IS NOT DISTINCT FROM :cursorBefore
        """;

    private final Database database;
    private final Documents documents;
    private final KnowledgeSearch knowledge;
    private final Semaphore woken = new Semaphore(0);
    private @Nullable Subscription subscription;
    private @Nullable Thread thread;

    /** Over the same database. Follows nothing before {@link #start}. */
    public DocumentSearches(Database database, Documents documents, KnowledgeSearch knowledge) {
        this.database = database;
        this.documents = documents;
        this.knowledge = knowledge;
    }

    /**
     * A collection that is searched.
     *
     * @param isComplete whether all documents that were there when it was defined can be found
     */
    public record State(SearchDefinition definition, boolean isComplete) {}

    private record Followed(SearchDefinition definition, ChangeToken token, Optional<String> cursor) {
        static Followed of(ResultSet row) throws SQLException {
            var fields = Arrays.stream((String[]) row.getArray("fields").getArray()).map(FieldPath::parse).toList();
            return new Followed(new SearchDefinition(row.getString("collection"), Optional.ofNullable(row.getString(
                    "title")).map(FieldPath::parse), fields, row.getString("language")),
                    ChangeToken.parse(row.getString("token")), Optional.ofNullable(row.getString("cursor")));
        }
    }

    /**
     * Has a collection searched, or searched otherwise: then it is read anew.
     *
     * @throws NotFoundException if there is no such collection
     */
    public void define(SearchDefinition definition) {
        documents.state(definition.collection());
        var now = documents.changes().now(); // before the documents are read, so that nothing falls in between
        var followedBy = SearchCollection.named(definition.followedBy()).withLanguage(definition.language());
        database.useTransaction(tx -> {
            knowledge.collections().delete(tx, definition.followedBy());
            knowledge.create(tx, followedBy);
            put(tx, definition, now);
        });
        woken.release();
    }

    private static void put(Transaction tx, SearchDefinition definition, ChangeToken now) {
        tx.handle().createUpdate(PUT).bind("collection", definition.collection())
                .bind("title", definition.title().map(FieldPath::toString).orElse(null))
                .bind("fields", definition.fields().stream().map(FieldPath::toString).toArray(String[]::new))
                .bind("language", definition.language()).bind("token", now.toString()).execute();
    }

    /** Has a collection searched no longer; whether it was. */
    public boolean remove(String collection) {
        return database.inTransaction(tx -> {
            knowledge.collections().delete(tx, SearchDefinition.followedBy(collection));
            return tx.handle().createUpdate(DELETE).bind("collection", collection).execute() > 0;
        });
    }

    /** The collections that are searched. */
    public List<State> list() {
        return followed(Optional.empty()).stream().map(each -> new State(each.definition, each.cursor.isEmpty()))
                .toList();
    }

    /**
     * How a collection is searched.
     *
     * @throws NotFoundException if it is not
     */
    public State state(String collection) {
        return followed(Optional.of(collection)).stream().findFirst()
                .map(each -> new State(each.definition, each.cursor.isEmpty()))
                .orElseThrow(() -> new NotFoundException("search-not-found", "collection \"" + collection
                        + "\" is not searched", "name its fields: PUT /api/documents/" + collection + "/_search"));
    }

    /**
     * Finds documents, best first; as many as are wanted if there are as many among the best {@link #HITS_MAX}.
     *
     * @param question words, "phrases", -exclusions
     * @param mode by what; absent for hybrid where a model is configured, else by words
     * @param filter only those that match
     * @throws NotFoundException if the collection is not searched
     */
    public List<FoundDocument> search(String collection, String question, Optional<SearchMode> mode,
            Optional<Filter> filter, int limit) {
        var followedBy = knowledge.collections().get(state(collection).definition.followedBy());
        if (limit < 1 || limit > HITS_MAX) {
            throw new InvalidInputException("search-invalid", "limit", "is " + limit, "use 1 to " + HITS_MAX);
        }
        for (int hits = filter.isEmpty() ? limit : Math.min(limit * 4, HITS_MAX);; hits = Math.min(hits * 4,
                HITS_MAX)) {
            var request = SearchRequest.of(question, hits);
            var found = knowledge.search(followedBy, mode.map(request::by).orElse(request)).hits();
            var matching = matching(collection, found.stream().map(hit -> hit.key()).toList(), filter);
            var answer = found.stream().flatMap(hit -> Optional.ofNullable(matching.get(hit.key()))
                    .map(document -> new FoundDocument(document, hit)).stream()).limit(limit).toList();
            if (answer.size() == limit || found.size() < hits || hits == HITS_MAX) {
                return answer;
            }
        }
    }

    private Map<String, Document> matching(String collection, List<String> ids, Optional<Filter> filter) {
        var searched = documents.collection(collection);
        var isOneOf = new Filter.Field(ID, new Filter.In(ids.stream().map(DocumentIds::toValue).toList(), List.of()));
        var found = filter.isEmpty()
                ? searched.get(ids)
                : searched.find(Query.of(new Filter.And(List.of(isOneOf, filter.get()))));
        return found.stream().collect(Collectors.toMap(Document::id, Function.identity()));
    }

    /** Begins to follow in this process. */
    public synchronized void start() {
        if (thread == null) {
            subscription = database.notifications().subscribe(ChangeFeed.TOPIC, woken::release);
            thread = Thread.ofVirtual().name("howdah-document-searches").start(this::run);
        }
    }

    @Override
    public synchronized void close() {
        if (subscription != null) {
            subscription.close();
        }
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void run() {
        try {
            while (true) {
                boolean hasMore = false;
                for (var each : followedNow()) {
                    hasMore |= followOnce(each);
                }
                if (!hasMore) {
                    var _ = woken.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
                    woken.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("No longer following documents");
        }
    }

    private List<Followed> followedNow() {
        try {
            return followed(Optional.empty());
        } catch (RuntimeException e) {
            LOG.debug("Documents are followed when the database is back", e);
            return List.of();
        }
    }

    private boolean followOnce(Followed followed) {
        try {
            return follow(followed);
        } catch (NotFoundException e) {
            removeIfDropped(followed.definition.collection());
        } catch (RuntimeException e) {
            LOG.warn("Collection {} was not followed; the next look is due soon: {}", followed.definition.collection(),
                    e
                            .getMessage());
        }
        return false;
    }

    /** What follows it may just be made anew by somebody else: that is no reason. */
    private void removeIfDropped(String collection) {
        if (documents.list().stream().noneMatch(there -> there.name().equals(collection))) {
            remove(collection);
        }
    }

    /** Takes all there is now into the search; how many steps that were. For tests and tools; {@link #start} does it all the time. */
    public int followAll() {
        int steps = 0;
        for (boolean hasMore = true; hasMore; steps++) {
            hasMore = false;
            for (var each : followed(Optional.empty())) {
                hasMore |= follow(each);
            }
        }
        return steps;
    }

    /** One step; whether there may be more to take. */
    private boolean follow(Followed from) {
        return from.cursor.isPresent() ? takeDocuments(from, from.cursor.get()) : takeChanges(from);
    }

    private boolean takeDocuments(Followed from, String cursor) {
        var page = documents.collection(from.definition.collection()).page(Query.of(Filter.ALL),
                Optional.of(cursor).filter(text -> !text.isEmpty()), BATCH);
        var entries = page.documents().stream().flatMap(document -> DocumentTexts.entry(from.definition, document.id(),
                document.value()).stream()).toList();
        moveOn(from, from.token, page.next(), entries, List.of());
        return true;
    }

    private boolean takeChanges(Followed from) {
        var page = documents.changes().read(ChangeSelection.all().ofCollection(from.definition.collection())
                .withDocuments(), from.token, BATCH);
        if (page.next().equals(from.token)) {
            return false;
        }
        var present = present(page);
        var gone = page.events().stream().map(ChangeEvent::id).distinct().filter(id -> !present.containsKey(id))
                .toList();
        var entries = present.entrySet().stream()
                .flatMap(each -> DocumentTexts.entry(from.definition, each.getKey(), each
                        .getValue()).stream())
                .toList();
        moveOn(from, page.next(), Optional.empty(), entries, gone);
        return !page.isComplete();
    }

    private static Map<String, ObjectNode> present(ChangePage page) {
        var present = new LinkedHashMap<String, ObjectNode>();
        page.events().forEach(event -> event.document().ifPresent(document -> present.put(event.id(), document)));
        return present;
    }

    private void moveOn(Followed from, ChangeToken token, Optional<String> cursor, List<Entry> entries,
            List<String> gone) {
        database.useTransaction(tx -> {
            if (isStillThere(tx, from, token, cursor)) {
                var target = knowledge.collections().get(from.definition.followedBy());
                knowledge.put(tx, target, entries);
                knowledge.remove(tx, target, gone);
            }
        });
    }

    private static boolean isStillThere(Transaction tx, Followed from, ChangeToken token, Optional<String> cursor) {
        return tx.handle().createUpdate(MOVE_ON).bind("collection", from.definition.collection())
                .bind("token", token.toString()).bind("cursor", cursor.orElse(null))
                .bind("tokenBefore", from.token.toString()).bind("cursorBefore", from.cursor.orElse(null))
                .execute() == 1;
    }

    private List<Followed> followed(Optional<String> collection) {
        return database.read(handle -> handle.createQuery(LIST).bind("collection", collection.orElse(null))
                .map((row, context) -> Followed.of(row)).list());
    }
}
