package dev.howdah.server;

import dev.howdah.agent.modelcard.ModelCard;
import dev.howdah.agent.modelcard.ModelCardReader;
import dev.howdah.agent.modelcard.ModelCardVersion;
import dev.howdah.agent.modelcard.ModelCards;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.LowerCamelCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Descriptions of models, under the paths and with the names of fields of those who knew them before us. The version of a card
 * is its {@code ETag}; a change with {@code If-Match} is refused with 412 if somebody was faster.
 */
@RestController
@RequestMapping({"/a2a", "/v1/a2a"})
@Tag(name = "Model cards")
final class ModelCardsController {
    private static final String CARDS = "/model-cards";
    private static final String CARD = CARDS + "/{id}";
    private static final String VERSIONS = CARD + "/versions";
    private static final Pattern TAG = Pattern.compile("(?:W/)?\"(\\d{1,9})\"|(\\d{1,9})");

    private final ModelCards cards;
    private final Database database;
    private final IdempotentRequests requests;

    ModelCardsController(Howdah howdah) {
        this.cards = howdah.modelCards();
        this.database = howdah.database();
        this.requests = new IdempotentRequests(database);
    }

    @JsonNaming(LowerCamelCaseStrategy.class)
    record ModelCardView(UUID id, String workspaceId, String userId, String name, String slug, String description,
            ObjectNode card, int version, String status, Instant createdAt, Instant updatedAt,
            @Nullable Instant deletedAt) {
        static ModelCardView of(ModelCard card) {
            return new ModelCardView(card.id(), card.workspaceId(), card.userId(), card.name(), card.slug(),
                    card.description(), card.card(), card.version(), TaskViews.label(card.status()), card.createdAt(),
                    card.updatedAt(), card.deletedAt().orElse(null));
        }
    }

    @JsonNaming(LowerCamelCaseStrategy.class)
    record ModelCardVersionView(UUID cardId, int version, String name, String description, ObjectNode card,
            String status,
            String changeReason, @Nullable Integer restoredFrom, Instant createdAt) {
        static ModelCardVersionView of(ModelCardVersion version) {
            return new ModelCardVersionView(version.cardId(), version.version(), version.name(), version.description(),
                    version.card(), TaskViews.label(version.status()), version.changeReason(),
                    version.restoredFrom().isPresent() ? version.restoredFrom().getAsInt() : null,
                    version.createdAt());
        }
    }

    record CardsView(List<ModelCardView> items, long total, int limit, int offset) {}

    @GetMapping(CARDS)
    @Operation(summary = "Model cards, the one that was changed last first, by workspace_id, status, words (q), capability and skill; "
            + "with deleted=true those that were deleted")
    CardsView list(@RequestParam(name = "workspace_id", required = false) Optional<String> workspaceId,
            @RequestParam(required = false) Optional<String> status, @RequestParam(required = false) Optional<String> q,
            @RequestParam(required = false) Optional<String> capability,
            @RequestParam(required = false) Optional<String> skill,
            @RequestParam(defaultValue = "false") boolean deleted, @RequestParam(defaultValue = "50") int limit,
            @RequestParam(defaultValue = "0") int offset) {
        var page = cards.list(new ModelCards.Filter(workspaceId,
                status.map(text -> ModelCardReader.status("status", text)), q.filter(text -> !text.isBlank()),
                capability, skill, deleted), limit, offset);
        return new CardsView(page.items().stream().map(ModelCardView::of).toList(), page.total(), limit, offset);
    }

    @GetMapping("/projects/{project}" + CARDS)
    @Operation(summary = "The model cards of a workspace, which older callers call a project")
    CardsView ofProject(@PathVariable String project, @RequestParam(defaultValue = "50") int limit,
            @RequestParam(defaultValue = "0") int offset) {
        return list(Optional.of(project), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                false, limit, offset);
    }

    @PostMapping(CARDS)
    @Operation(summary = "Adds a model card: name, and maybe workspaceId, userId, slug, description, card, status")
    ResponseEntity<ModelCardView> create(@RequestBody JsonNode body,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var given = ModelCardReader.card(body);
        var made = key.map(name -> cards.get(UUID.fromString(requests.once(name, "model-cards " + body,
                tx -> JsonMapper.shared().createObjectNode().put("id", cards.create(tx, given).id().toString()))
                .path("id").asString()))).orElseGet(() -> cards.create(given));
        return answer(HttpStatus.CREATED, made);
    }

    @GetMapping(CARD)
    @Operation(summary = "One model card")
    ResponseEntity<ModelCardView> get(@PathVariable String id) {
        return answer(HttpStatus.OK, cards.get(uuid(id)));
    }

    @PutMapping(CARD)
    @Operation(summary = "Changes name, description, card or status; what is missing stays. changeReason is kept with the version")
    ResponseEntity<ModelCardView> update(@PathVariable String id, @RequestBody JsonNode body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch) {
        return answer(HttpStatus.OK, cards.update(uuid(id), expected(ifMatch), ModelCardReader.change(body)));
    }

    @DeleteMapping(CARD)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Deletes a model card, which can be restored; with hard=true for ever, with all versions")
    void delete(@PathVariable String id, @RequestParam(defaultValue = "false") boolean hard,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch) {
        if (hard) {
            cards.deleteForEver(uuid(id), expected(ifMatch));
        } else {
            cards.delete(uuid(id), expected(ifMatch));
        }
    }

    record VersionsView(List<ModelCardVersionView> items, @Nullable String next) {}

    @GetMapping(VERSIONS)
    @Operation(summary = "All versions of a model card, newest first, each with the reason of its change")
    VersionsView versions(@PathVariable String id, @RequestParam(required = false) Optional<Integer> cursor,
            @RequestParam(defaultValue = "50") int limit) {
        var found = cards.versions(uuid(id), cursor.map(OptionalInt::of).orElseGet(OptionalInt::empty), limit);
        return new VersionsView(found.stream().map(ModelCardVersionView::of).toList(), found.size() < limit
                ? null
                : Integer.toString(found.getLast().version()));
    }

    @GetMapping(VERSIONS + "/{version}")
    @Operation(summary = "One version of a model card")
    ModelCardVersionView version(@PathVariable String id, @PathVariable int version) {
        return ModelCardVersionView.of(cards.getVersion(uuid(id), version));
    }

    @JsonNaming(LowerCamelCaseStrategy.class)
    record RestoreInput(@Nullable String changeReason) {}

    @PostMapping(VERSIONS + "/{version}/restore")
    @Operation(summary = "Makes what a version said the newest one, as a new version; also of a card that was deleted")
    ResponseEntity<ModelCardView> restore(@PathVariable String id, @PathVariable int version,
            @RequestBody(required = false) @Nullable RestoreInput input,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch) {
        var reason = input == null || input.changeReason == null ? "" : input.changeReason;
        return answer(HttpStatus.OK, cards.restore(uuid(id), version, expected(ifMatch), reason));
    }

    @ExceptionHandler
    ResponseEntity<Object> conflict(ConflictException e) {
        return e.code().equals(ModelCards.CHANGED)
                ? Problem.of(HttpStatus.PRECONDITION_FAILED, e.code(), e.problem(), e.remedy())
                : Problem.of(e);
    }

    private static ResponseEntity<ModelCardView> answer(HttpStatus status, ModelCard card) {
        return ResponseEntity.status(status).eTag("\"" + card.version() + "\"").body(ModelCardView.of(card));
    }

    private static OptionalInt expected(Optional<String> ifMatch) {
        if (ifMatch.isEmpty() || ifMatch.get().strip().equals("*")) {
            return OptionalInt.empty();
        }
        var tag = TAG.matcher(ifMatch.get().strip());
        if (!tag.matches()) {
            throw new InvalidInputException("if-match-invalid", "If-Match", "\"" + ifMatch.get()
                    + "\" is no version of a card", "send the ETag of the answer that you read");
        }
        return OptionalInt.of(Integer.parseInt(tag.group(1) == null ? tag.group(2) : tag.group(1)));
    }

    private static UUID uuid(String id) {
        try {
            return UUID.fromString(id);
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("model-card-id-invalid", "id", "\"" + id + "\" is no id of a card",
                    "use the id that creating it answered, a UUID");
        }
    }
}
