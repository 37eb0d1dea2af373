package dev.howdah.server;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.server.SessionViews.EndedView;
import dev.howdah.server.SessionViews.HandlesInput;
import dev.howdah.server.SessionViews.SessionStatisticsView;
import dev.howdah.server.SessionViews.SummaryView;
import dev.howdah.server.TaskViews.Page;
import dev.howdah.sessions.SessionFilter;
import dev.howdah.sessions.SessionId;
import dev.howdah.sessions.Sessions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Sessions as their users and operators see them: by handle, without what they hold. */
@RestController
@Tag(name = "Sessions")
final class SessionsController {
    private static final String PATH = "/api/sessions";

    private final Sessions sessions;

    SessionsController(Howdah howdah) {
        this.sessions = howdah.sessions();
    }

    @GetMapping(PATH)
    @Operation(summary = "Live sessions, the newest first, by user and agent; with ended=true those that have ended too")
    Page<SummaryView> list(@RequestParam(required = false) Optional<String> user,
            @RequestParam(required = false) Optional<String> agent,
            @RequestParam(defaultValue = "false") boolean ended,
            @RequestParam(required = false) Optional<String> cursor, @RequestParam(defaultValue = "50") int limit) {
        var page = sessions.list(new SessionFilter(user, agent, ended), cursor.map(text -> handle("cursor", text)),
                limit);
        return new Page<>(page.items().stream().map(SummaryView::of).toList(), page.next().map(UUID::toString)
                .orElse(null));
    }

    @GetMapping(PATH + "/statistics")
    @Operation(summary = "All sessions in numbers; reads the whole table")
    SessionStatisticsView statistics() {
        return SessionStatisticsView.of(sessions.statistics());
    }

    @GetMapping(PATH + "/{handle}")
    @Operation(summary = "One session, without what it holds; also an ended one, as long as it is kept")
    SummaryView get(@PathVariable String handle) {
        return SummaryView.of(sessions.summary(handle("handle", handle)));
    }

    @DeleteMapping(PATH + "/{handle}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Ends a session; one that has ended stays ended")
    void revoke(@PathVariable String handle) {
        var named = handle("handle", handle);
        if (sessions.revoke(List.of(named)) == 0) {
            sessions.summary(named); // says if there never was one
        }
    }

    @PostMapping(PATH + "/revoke")
    @Operation(summary = "Ends several sessions by their handles")
    EndedView revoke(@RequestBody HandlesInput input) {
        if (input.handles() == null) {
            throw new InvalidInputException("session-invalid", "handles", "is missing", "give a list of handles");
        }
        return new EndedView(sessions.revoke(input.handles()));
    }

    @DeleteMapping(PATH)
    @Operation(summary = "Ends all sessions of a user, whose name may hold anything; otherwise like the path with the user")
    EndedView revokeOf(@RequestParam String user,
            @RequestHeader(name = "Session-Id", required = false) Optional<String> current) {
        return revokeAll(user, current);
    }

    @DeleteMapping("/api/users/{user}/sessions")
    @Operation(summary = "Ends all sessions of a user, except the one whose id comes in the header Session-Id")
    EndedView revokeAll(@PathVariable String user,
            @RequestHeader(name = "Session-Id", required = false) Optional<String> current) {
        return new EndedView(current.map(SessionId::of).map(id -> sessions.revokeAllExcept(user, id))
                .orElseGet(() -> sessions.revokeAll(user)));
    }

    private static UUID handle(String field, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            // Not said what was sent: it may be an id by mistake.
            throw new InvalidInputException("session-invalid", field, "is no handle of a session",
                    "use the handle that the list shows; an id goes into the header Session-Id");
        }
    }
}
