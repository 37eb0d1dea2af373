package dev.howdah.server;

import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Turns every error into a problem document. What we did not foresee is logged and answered without its inner text. */
@RestControllerAdvice
final class Problems extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    @ExceptionHandler
    ResponseEntity<Object> howdah(HowdahException e) {
        return Problem.of(e);
    }

    @ExceptionHandler
    ResponseEntity<Object> unforeseen(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof HowdahException known) {
                return Problem.of(known);
            }
        }
        LOG.error("A request failed", e);
        return Problem.of(HttpStatus.INTERNAL_SERVER_ERROR, "internal-error", "the server failed to answer",
                "see its log; if it happens again, report it");
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(HttpMessageNotReadableException e,
            HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof LimitExceededException limit) {
                return Problem.of(limit);
            }
            if (cause instanceof DatabindException field && !field.getPath().isEmpty()) {
                return Problem.of(new InvalidInputException("field-invalid", pointer(field),
                        field instanceof UnrecognizedPropertyException
                                ? "is not known"
                                : "is of the wrong type: " + field.getOriginalMessage().lines().findFirst().orElse(""),
                        "the fields are described at /docs"));
            }
            if (cause instanceof JacksonException json) {
                var at = json.getLocation();
                var where = at == null || at.getLineNr() < 1
                        ? ""
                        : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
                return Problem.of(HttpStatus.BAD_REQUEST, "json-malformed",
                        "the body is no valid JSON" + where + ": " + json.getOriginalMessage(), "correct the body");
            }
        }
        return Problem.of(HttpStatus.BAD_REQUEST, "body-missing", "the request has no body, or none that can be read",
                "send a JSON object with Content-Type: application/json");
    }

    private static String pointer(DatabindException e) {
        return e.getPath().stream().map(part -> part.getPropertyName() == null
                ? "/" + part.getIndex()
                : "/" + part.getPropertyName()).collect(Collectors.joining());
    }

    /** The framework's own errors: unknown path, wrong method or media type, missing parameter. */
    @Override
    protected ResponseEntity<Object> handleExceptionInternal(Exception e, @Nullable Object body, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        var known = Objects.requireNonNullElse(HttpStatus.resolve(status.value()), HttpStatus.INTERNAL_SERVER_ERROR);
        var told = body instanceof ProblemDetail given
                ? given
                : e instanceof ErrorResponse error ? error.getBody() : ProblemDetail.forStatus(status);
        var detail = Objects.requireNonNullElse(told.getDetail(), known.getReasonPhrase());
        var answer = Problem.of(known, "request-" + known.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                detail, "the API is described at /docs");
        return ResponseEntity.status(answer.getStatusCode()).headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON).body(answer.getBody());
    }
}
