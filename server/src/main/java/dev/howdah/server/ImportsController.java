package dev.howdah.server;

import dev.howdah.operations.imports.Import;
import dev.howdah.operations.imports.ImportReport;
import dev.howdah.postgres.InvalidInputException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What was imported. Imports run on the command line, which reaches files and servers that this one should not. */
@RestController
@Tag(name = "Imports")
final class ImportsController {
    private final Howdah howdah;

    ImportsController(Howdah howdah) {
        this.howdah = howdah;
    }

    record ImportView(UUID id, String kind, String source, String target, String state, @Nullable String part,
            ImportReport report, @Nullable String error, @Nullable Instant leaseUntil, Instant startedAt,
            Instant updatedAt, @Nullable Instant endedAt) {
        static ImportView of(Import row) {
            return new ImportView(row.id(), row.kind(), row.source(), row.target(), row.state().label(), row.part()
                    .orElse(null), row.report(), row.error().orElse(null), row.leaseUntil().orElse(null),
                    row
                            .startedAt(),
                    row.updatedAt(), row.endedAt().orElse(null));
        }
    }

    record ImportPage(List<ImportView> items, @Nullable String next) {}

    @GetMapping("/api/imports")
    @Operation(summary = "Imports from Redis, MongoDB and files, newest first, with what they found and did")
    ImportPage list(@RequestParam(defaultValue = "50") int limit,
            @RequestParam(required = false) Optional<String> cursor) {
        var found = howdah.dataImports().list(cursor.map(text -> id("cursor", text)), limit);
        return new ImportPage(found.stream().map(ImportView::of).toList(), found.size() < limit
                ? null
                : found.getLast().id().toString());
    }

    @GetMapping("/api/imports/{id}")
    @Operation(summary = "One import: counts by type, what could not be imported, the comparison of both sides")
    ImportView get(@PathVariable String id) {
        return ImportView.of(howdah.dataImports().get(id("id", id)));
    }

    private static UUID id(String field, String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("import-id-invalid", field, "\"" + text + "\" is no id of an import",
                    "see which there are at /api/imports");
        }
    }
}
