package dev.howdah.documents;

import static java.util.stream.Collectors.joining;

import dev.howdah.documents.query.Explanation;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.FilterSql;
import dev.howdah.documents.query.Matcher;
import dev.howdah.documents.query.SortSql;
import dev.howdah.documents.query.SqlCondition;
import dev.howdah.documents.value.StoredDocument;
import dev.howdah.postgres.InvalidInputException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.node.ObjectNode;

/** Finds and counts documents. */
final class Reads {
    private static final int FETCH = 100;

    private final DocumentSettings settings;

    Reads(DocumentSettings settings) {
        this.settings = settings;
    }

    static List<Document> get(Handle handle, Catalogue.Entry collection, List<String> ids) {
        return handle.createQuery(collection.sql(DocumentsSql.GET)).bind("ids", ids.toArray(String[]::new))
                .scanResultSet(Rows::documents);
    }

    DocumentPage page(Handle handle, Catalogue.Entry collection, Query query, Optional<String> cursor, int limit) {
        if (limit < 1 || limit > settings.pageMax()) {
            throw new InvalidInputException("page-invalid", "limit", "is " + limit, "use 1 to " + settings.pageMax());
        }
        var from = cursor.map(PageCursor::parse).orElse(PageCursor.START);
        long left = query.limit().orElse(Long.MAX_VALUE) - from.position();
        int wanted = Math.clamp(left, 0, limit);
        var found = select(handle, collection, query, from, Math.min(left, limit + 1L))
                .scanResultSet(Rows::documents);
        var documents = found.subList(0, Math.min(wanted, found.size()));
        long position = from.position() + documents.size();
        var next = found.size() <= wanted
                ? Optional.<String>empty()
                : Optional.of(new PageCursor(isById(query) ? Optional.of(documents.getLast().id()) : Optional.empty(),
                        position).toString());
        return new DocumentPage(projected(query, documents), next);
    }

    List<Document> find(Handle handle, Catalogue.Entry collection, Query query) {
        return projected(query, select(handle, collection, query, PageCursor.START,
                query.limit().orElse(Long.MAX_VALUE)).scanResultSet(Rows::documents));
    }

    /** In a transaction: the rows come through a cursor of it. */
    long stream(Handle handle, Catalogue.Entry collection, Query query, Consumer<Document> consumer) {
        long count = 0;
        try (var rows = select(handle, collection, query, PageCursor.START, query.limit().orElse(Long.MAX_VALUE))
                .setFetchSize(FETCH).map((row, context) -> Rows.document(row)).iterator()) {
            while (rows.hasNext()) {
                consumer.accept(projected(query, rows.next()));
                count++;
            }
        }
        return count;
    }

    /** The stored data of what is found; in a transaction, and closed by the caller. */
    static Stream<ObjectNode> data(Handle handle, Catalogue.Entry collection, Query query) {
        return select(handle, collection, query, PageCursor.START, query.limit().orElse(Long.MAX_VALUE))
                .setFetchSize(FETCH).map((row, context) -> Rows.document(row).stored().data()).stream();
    }

    private static boolean isById(Query query) {
        return query.sort().isEmpty() && query.skip() == 0 && query.limit().isEmpty();
    }

    private static org.jdbi.v3.core.statement.Query select(Handle handle, Catalogue.Entry collection, Query query,
            PageCursor from, long limit) {
        return select("", handle, collection, query, from, limit);
    }

    private static org.jdbi.v3.core.statement.Query select(String verb, Handle handle, Catalogue.Entry collection,
            Query query, PageCursor from, long limit) {
        var order = query.sort().map(sort -> SortSql.of(sort, "sort"));
        var conditions = FilterSql.apart(query.filter(), collection.indexes());
        long skip = query.skip() + from.position();
        boolean isLimited = limit < Long.MAX_VALUE;
        var find = collection.sqlOfPartition(DocumentsSql.FIND) + (from.id().isPresent() ? " AND id > :after" : "");
        // by id each part for itself: an index may have them in that order, then nothing is sorted and a page stops early
        var byId = order.isPresent() ? "" : " ORDER BY id" + (isLimited ? " LIMIT :most" : "");
        var sql = conditions.stream().map(condition -> "(" + find + " AND (" + condition.sql() + ")" + byId + ")")
                .collect(joining(" UNION ALL ", verb + "SELECT * FROM (", ") AS found"))
                + " ORDER BY " + order.map(SqlCondition::sql).orElse("id") + (isLimited ? " LIMIT :limit" : "")
                + (skip > 0 ? " OFFSET :skip" : "");
        var select = handle.createQuery(sql);
        conditions.forEach(condition -> condition.bind(select));
        order.ifPresent(given -> given.bind(select));
        from.id().ifPresent(id -> select.bind("after", id));
        if (isLimited) {
            select.bind("limit", limit);
        }
        if (isLimited && order.isEmpty()) {
            select.bind("most", limit > Long.MAX_VALUE - skip ? Long.MAX_VALUE : limit + skip);
        }
        return skip > 0 ? select.bind("skip", skip) : select;
    }

    private static List<Document> projected(Query query, List<Document> documents) {
        return query.projection().isEmpty()
                ? documents
                : documents.stream().map(given -> projected(query, given)).toList();
    }

    private static Document projected(Query query, Document given) {
        return query.projection().map(projection -> new Document(given.id(), given.rev(),
                new StoredDocument(projection.apply(given.stored().data(), Matcher.of(query.filter())),
                        given.stored().types()),
                given.metadata(), given.createdAt(), given.updatedAt())).orElse(given);
    }

    /** Which index serves which part of the filter, and the plan for the first page. */
    Explanation explain(Handle handle, Catalogue.Entry collection, Query query) {
        long limit = Math.min(query.limit().orElse(Long.MAX_VALUE), settings.pageMax());
        return Explanation.of(query.filter(), collection.indexes(), collection.name())
                .withPlan(select("EXPLAIN ", handle,
                        collection, query, PageCursor.START, limit).mapTo(String.class).list());
    }

    static long count(Handle handle, Catalogue.Entry collection, Filter filter, OptionalLong limit) {
        var condition = condition(collection, filter);
        var sql = collection.sql(DocumentsSql.COUNT).replace("(true)", "(" + condition.sql() + ")");
        return condition.bind(handle.createQuery(sql)).bind("limit", limit.orElse(Long.MAX_VALUE)).mapTo(Long.class)
                .one();
    }

    static long estimate(Handle handle, Catalogue.Entry collection) {
        return handle.createQuery(collection.sql(DocumentsSql.ESTIMATE)).mapTo(Long.class).findOne().orElse(0L);
    }

    static SqlCondition condition(Catalogue.Entry collection, Filter filter) {
        return FilterSql.of(filter, collection.indexes());
    }
}
