package dev.howdah.server;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.server.SessionViews.ChangeInput;
import dev.howdah.server.SessionViews.ExpiryView;
import dev.howdah.server.SessionViews.ExtensionInput;
import dev.howdah.server.SessionViews.NewSessionInput;
import dev.howdah.server.SessionViews.RotationInput;
import dev.howdah.server.SessionViews.SessionView;
import dev.howdah.sessions.Rotation;
import dev.howdah.sessions.Session;
import dev.howdah.sessions.SessionId;
import dev.howdah.sessions.Sessions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * One session, which its id in a header names: it would stand in logs if it were in the address. A request that makes one is
 * not idempotent by a key, because its answer, which holds the id, would have to be stored.
 */
@RestController
@Tag(name = "Sessions")
final class CurrentSessionController {
    private static final String ID = "Session-Id";
    private static final String PATH = "/api/sessions";
    private static final String CURRENT = PATH + "/current";
    /** An ETag of ours, weak or strong, or the bare number. */
    private static final Pattern TAG = Pattern.compile("(?:W/)?\"(\\d{1,18})\"|(\\d{1,18})");

    private final Sessions sessions;

    CurrentSessionController(Howdah howdah) {
        this.sessions = howdah.sessions();
    }

    @PostMapping(PATH)
    @Operation(summary = "Makes a session; its id is answered this once, and goes into the header Session-Id from then on")
    ResponseEntity<SessionView> create(@RequestBody(required = false) @Nullable NewSessionInput input) {
        var created = sessions.create(Objects.requireNonNullElse(input, NewSessionInput.NONE).toNewSession());
        return answer(HttpStatus.CREATED, created.id().text(), created.session());
    }

    @GetMapping(CURRENT)
    @Operation(summary = "The session with what it holds; it counts as used")
    ResponseEntity<SessionView> get(@RequestHeader(ID) String id) {
        return answer(HttpStatus.OK, null, sessions.get(SessionId.of(id)));
    }

    @PatchMapping(CURRENT)
    @Operation(summary = "Sets and removes attributes and metadata one by one; what is not named stays. With If-Match only if "
            + "nobody changed the session meanwhile")
    ResponseEntity<SessionView> change(@RequestHeader(ID) String id, @RequestBody ChangeInput input,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch) {
        return answer(HttpStatus.OK, null, sessions.update(SessionId.of(id), input.toChange(expected(ifMatch))));
    }

    @DeleteMapping(CURRENT)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Ends the session")
    void delete(@RequestHeader(ID) String id) {
        if (!sessions.delete(SessionId.of(id))) {
            sessions.get(SessionId.of(id)); // says that there is none
        }
    }

    @PostMapping(CURRENT + "/rotate")
    @Operation(summary = "A new id: with user for who has signed in, which ends the old id at once, else with an overlap")
    ResponseEntity<SessionView> rotate(@RequestHeader(ID) String id,
            @RequestBody(required = false) @Nullable RotationInput input) {
        var next = sessions.rotate(SessionId.of(id), rotation(input));
        return answer(HttpStatus.OK, next.text(), sessions.get(next));
    }

    private static Rotation rotation(@Nullable RotationInput input) {
        if (input == null) {
            return Rotation.renewal();
        }
        var user = Optional.ofNullable(input.user());
        var overlap = TaskInput.duration("overlap", input.overlap());
        return new Rotation(user.isPresent() ? overlap.or(() -> Optional.of(Duration.ZERO)) : overlap, user);
    }

    @PostMapping(CURRENT + "/touch")
    @Operation(summary = "Counts the session as used")
    ExpiryView touch(@RequestHeader(ID) String id) {
        return new ExpiryView(sessions.touch(SessionId.of(id)));
    }

    @PostMapping(CURRENT + "/extend")
    @Operation(summary = "Puts off the end of the session by a time, such as 30m, but not beyond its absolute end")
    ExpiryView extend(@RequestHeader(ID) String id, @RequestBody ExtensionInput input) {
        return new ExpiryView(sessions.extend(SessionId.of(id), TaskInput.duration("by", input.by())
                .orElseThrow(() -> new InvalidInputException("session-invalid", "by", "is missing",
                        "give a time such as 30m"))));
    }

    @ExceptionHandler
    ResponseEntity<Object> conflict(ConflictException e) {
        return e.code().equals("session-version-conflict")
                ? Problem.of(HttpStatus.PRECONDITION_FAILED, e.code(), e.problem(), e.remedy())
                : Problem.of(e);
    }

    private static ResponseEntity<SessionView> answer(HttpStatus status, @Nullable String id, Session session) {
        return ResponseEntity.status(status).cacheControl(CacheControl.noStore()).eTag("\"" + session.version() + "\"")
                .body(SessionView.of(id, session));
    }

    private static OptionalLong expected(Optional<String> ifMatch) {
        if (ifMatch.isEmpty() || ifMatch.get().strip().equals("*")) {
            return OptionalLong.empty();
        }
        var tag = TAG.matcher(ifMatch.get().strip());
        if (!tag.matches()) {
            throw new InvalidInputException("if-match-invalid", "If-Match", "is no version of a session",
                    "send the ETag of the answer that you read");
        }
        return OptionalLong.of(Long.parseLong(tag.group(1) == null ? tag.group(2) : tag.group(1)));
    }
}
