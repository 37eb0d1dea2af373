package dev.howdah.server;

import dev.howdah.agent.a2a.A2aError;
import dev.howdah.agent.a2a.A2aError.GrpcStatus;
import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.A2aFailure;
import dev.howdah.documents.RevisionConflictException;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.server.a2a.Dialect;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.json.ProblemDetailJacksonMixin;
import tools.jackson.databind.json.JsonMapper;

/**
 * Problem documents (RFC 9457) with our additions: {@code code} for programs, {@code remedy} for people, and
 * {@code errors} with a JSON pointer per fault.
 */
final class Problem {
    private static final JsonMapper JSON = JsonMapper.builder()
            .addMixIn(ProblemDetail.class, ProblemDetailJacksonMixin.class).build();

    private static final String RETRY_SECONDS = "1";

    private Problem() {}

    static ResponseEntity<Object> of(HowdahException e) {
        var status = switch (e) {
            case InvalidInputException invalid -> invalid.code().equals("change-token-too-old")
                    ? HttpStatus.GONE
                    : HttpStatus.BAD_REQUEST;
            case NotFoundException _ -> HttpStatus.NOT_FOUND;
            case ConflictException _,RevisionConflictException _ -> HttpStatus.CONFLICT;
            case LimitExceededException _ -> HttpStatus.CONTENT_TOO_LARGE;
            case UnavailableException _ -> HttpStatus.SERVICE_UNAVAILABLE;
            case A2aException refused -> refused.error() == A2aError.TASK_NOT_FOUND
                    ? HttpStatus.NOT_FOUND
                    : HttpStatus.CONFLICT;
            default -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
        var problem = detail(status, e.code(), e.problem(), e.remedy());
        if (e instanceof InvalidInputException invalid) {
            problem.setProperty("errors", errors(invalid));
        }
        if (e instanceof RevisionConflictException conflict) {
            problem.setProperty("current_revision", conflict.current());
        }
        return answer(status, problem);
    }

    static ResponseEntity<Object> of(HttpStatus status, String code, String detail, String remedy) {
        return answer(status, detail(status, code, detail, remedy));
    }

    static ProblemDetail detail(HttpStatus status, String code, String detail, String remedy) {
        var problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setTitle(status.getReasonPhrase());
        problem.setProperty("code", code);
        if (!remedy.isEmpty()) {
            problem.setProperty("remedy", remedy);
        }
        return problem;
    }

    /** Answers from a filter, where the framework's own conversion does not reach, in the words of the path. */
    static void write(HttpServletRequest request, HttpServletResponse response, HttpStatus status, String code,
            String detail, String remedy) throws IOException {
        var dialect = Dialect.of(RequestPaths.of(request));
        if (dialect.isPresent()) {
            dialect.get().refuse(response, A2aFailure.of(A2aFailure.INVALID_REQUEST, grpcStatus(status),
                    status.value(), code, detail + "; " + remedy));
            return;
        }
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(JSON.writeValueAsBytes(detail(status, code, detail, remedy)));
    }

    private static GrpcStatus grpcStatus(HttpStatus status) {
        return switch (status) {
            case UNAUTHORIZED -> GrpcStatus.UNAUTHENTICATED;
            case CONTENT_TOO_LARGE -> GrpcStatus.RESOURCE_EXHAUSTED;
            case NOT_IMPLEMENTED -> GrpcStatus.UNIMPLEMENTED;
            case SERVICE_UNAVAILABLE -> GrpcStatus.UNAVAILABLE;
            default -> GrpcStatus.FAILED_PRECONDITION;
        };
    }

    private static ResponseEntity<Object> answer(HttpStatus status, ProblemDetail problem) {
        var answer = ResponseEntity.status(status).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            answer.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS);
        }
        return answer.body(problem);
    }

    static List<Map<String, String>> errors(InvalidInputException e) {
        return e.faults().stream()
                .map(fault -> Map.of("pointer", fault.field(), "detail", fault.problem(), "remedy", fault.remedy()))
                .toList();
    }
}
