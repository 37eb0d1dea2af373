package dev.howdah.agent.task;

import dev.howdah.agent.a2a.ListTasksRequest;
import dev.howdah.agent.a2a.TaskPage;
import dev.howdah.agent.a2a.TaskState;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.SqlStatement;

/** Lists tasks, newest status first, by pages that begin behind a row; a token holds that row and for which question. */
final class TaskLists {
    private final Database database;

    TaskLists(Database database) {
        this.database = database;
    }

    /** Where a page ended. */
    private record Cursor(Instant statusAt, UUID id) {}

    TaskPage list(String owner, ListTasksRequest request, int history) {
        var question = Integer.toHexString(List.of(owner, request.contextId(), request.state(),
                request.statusTimestampAfter()).hashCode());
        var from = request.pageToken().isEmpty()
                ? Optional.<Cursor>empty()
                : Optional.of(read(request.pageToken(), question));
        return database.read(handle -> {
            var query = handle.createQuery(request.contextId().isPresent() ? TaskSql.LIST_OF_CONTEXT : TaskSql.LIST);
            request.contextId().ifPresent(context -> query.bind("context", context));
            bind(query, owner, request).bind("beforeAt", from.map(cursor -> time(cursor.statusAt())).orElse(null))
                    .bind("beforeId", from.map(Cursor::id).orElse(null)).bind("limit", request.pageSize() + 1);
            var rows = query.map((row, context) -> TaskRow.of(row)).list();
            var page = rows.subList(0, Math.min(request.pageSize(), rows.size()));
            int total = bind(handle.createQuery(TaskSql.COUNT), owner, request)
                    .bind("context", request.contextId().orElse(null)).mapTo(Integer.class).one();
            var next = rows.size() > page.size() ? token(page.getLast(), question) : "";
            return new TaskPage(TaskReader.tasks(handle, page, history, request.includeArtifacts()), next,
                    request.pageSize(), total);
        });
    }

    private static <S extends SqlStatement<S>> S bind(S statement, String owner, ListTasksRequest request) {
        return statement.bind("owner", owner).bind("state", request.state().map(TaskState::label).orElse(null))
                .bind("since", request.statusTimestampAfter().map(TaskLists::time).orElse(null));
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static String token(TaskRow last, String question) {
        var text = last.statusAt().toEpochMilli() + ":" + last.id() + ":" + question;
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Cursor read(String token, String question) {
        try {
            var parts = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII).split(":", -1);
            if (parts.length == 3 && parts[2].equals(question)) {
                return new Cursor(Instant.ofEpochMilli(Long.parseLong(parts[0])), UUID.fromString(parts[1]));
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new InvalidInputException("a2a-invalid", "pageToken", "is no token of this question",
                "send nextPageToken of the page before, with the same filters");
    }
}
