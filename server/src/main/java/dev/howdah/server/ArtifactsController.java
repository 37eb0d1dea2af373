package dev.howdah.server;

import dev.howdah.workflow.Artifact;
import dev.howdah.workflow.Artifacts;
import dev.howdah.workflow.NewArtifact;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import dev.howdah.server.TaskViews.Page;
import dev.howdah.server.WorkflowViews.ArtifactView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** What executions made: listed, and streamed up and down. */
@RestController
@Tag(name = "Artifacts")
final class ArtifactsController {
    private static final int PAGE_MAX = 1000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Howdah howdah;
    private final IdempotentRequests requests;

    ArtifactsController(Howdah howdah) {
        this.howdah = howdah;
        this.requests = new IdempotentRequests(howdah.database());
    }

    private Artifacts artifacts() {
        return howdah.workflows().artifacts();
    }

    @GetMapping("/api/executions/{id}/artifacts")
    @Operation(summary = "What an execution made, oldest first")
    Page<ArtifactView> list(@PathVariable String id, @RequestParam Optional<String> cursor,
            @RequestParam(defaultValue = "100") int limit) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw new InvalidInputException("artifacts-invalid", "limit", limit + " is out of range",
                    "use 1 to " + PAGE_MAX);
        }
        var execution = ExecutionsController.id(id);
        if (howdah.workflows().executions().find(execution).isEmpty()) {
            throw ExecutionsController.unknown(execution);
        }
        var found = artifacts().list(execution, cursor.map(ExecutionsController::id), limit);
        return new Page<>(found.stream().map(ArtifactView::of).toList(),
                found.size() == limit ? found.getLast().id().toString() : null);
    }

    @GetMapping("/api/executions/{id}/artifacts/{artifact}")
    @Operation(summary = "An artifact without its content")
    ArtifactView get(@PathVariable String id, @PathVariable String artifact) {
        return ArtifactView.of(find(id, artifact));
    }

    @GetMapping("/api/executions/{id}/artifacts/{artifact}/content")
    @Operation(summary = "The content, as a download")
    void download(@PathVariable String id, @PathVariable String artifact, HttpServletResponse response)
            throws IOException {
        var found = find(id, artifact);
        response.setContentType(mediaType(found.contentType()).toString());
        response.setContentLengthLong(found.sizeBytes());
        response.setHeader("ETag", '"' + found.sha256() + '"');
        response.setHeader("X-Content-Type-Options", "nosniff");
        // Whatever it is, it is saved and not shown: it may be a page of somebody else's.
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, ContentDisposition.attachment()
                .filename(found.name(), StandardCharsets.UTF_8).build().toString());
        artifacts().read(found.id(), response.getOutputStream());
    }

    @PostMapping(value = "/api/executions/{id}/artifacts", consumes = MediaType.ALL_VALUE)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(summary = "Adds an artifact; the body is its content, its media type that of the request. With the header "
            + "Idempotency-Key a request that is sent again within a day adds nothing more")
    ArtifactView upload(@PathVariable String id, @RequestParam String name,
            @RequestParam(defaultValue = "document") String type, @RequestParam(defaultValue = "") String description,
            @RequestParam(name = "node_id") Optional<String> nodeId,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key, HttpServletRequest request)
            throws IOException {
        var contentType = Optional.ofNullable(request.getContentType()).orElse(
                MediaType.APPLICATION_OCTET_STREAM_VALUE);
        if (contentType.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE)
                || contentType.startsWith(MediaType.MULTIPART_FORM_DATA_VALUE)) {
            throw new InvalidInputException("artifact-invalid", "Content-Type", contentType + " is that of a form",
                    "send the content as it is, with its own Content-Type");
        }
        var execution = ExecutionsController.id(id);
        var artifact = new NewArtifact(type, name, description, contentType, new byte[0]);
        try (var upload = artifacts().prepare(execution, artifact, request.getInputStream())) {
            Function<Transaction, Artifact> write = tx -> artifacts().write(tx, execution, nodeId, upload);
            if (key.isEmpty()) {
                return ArtifactView.of(howdah.database().inTransaction(write));
            }
            var asked = String.join(" ", "/api/executions/" + execution + "/artifacts", nodeId.orElse(""),
                    JSON.writeValueAsString(List.of(type, name, description, contentType)), upload.sha256());
            var written = requests.once(key.get(), asked,
                    tx -> JSON.createObjectNode().put("id", write.apply(tx).id().toString()));
            return ArtifactView.of(find(id, written.path("id").asString()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private Artifact find(String execution, String artifact) {
        UUID executionId = ExecutionsController.id(execution);
        return artifacts().find(ExecutionsController.id(artifact))
                .filter(found -> found.executionId().equals(executionId))
                .orElseThrow(() -> new NotFoundException("artifact-not-found", "execution " + execution
                        + " has no artifact " + artifact, "see: GET /api/executions/" + execution + "/artifacts"));
    }

    private static MediaType mediaType(String text) {
        try {
            return MediaType.parseMediaType(text);
        } catch (InvalidMediaTypeException e) {
            return MediaType.APPLICATION_OCTET_STREAM;
        }
    }
}
