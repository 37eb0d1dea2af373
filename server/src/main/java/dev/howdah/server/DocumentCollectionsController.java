package dev.howdah.server;

import dev.howdah.documents.CollectionOptions;
import dev.howdah.documents.CollectionState;
import dev.howdah.documents.Documents;
import dev.howdah.documents.IndexState;
import dev.howdah.documents.query.DeclaredIndex;
import dev.howdah.documents.query.FieldPath;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.server.TaskViews.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Document collections", description = "Collections of JSON documents and their indexes")
final class DocumentCollectionsController {
    static final String PATH = "/api/documents";
    private static final String INDEX = PATH + "/{collection}/_indexes/{name}";

    private final Documents documents;

    DocumentCollectionsController(Howdah howdah) {
        this.documents = howdah.documents();
    }

    /**
     * A collection.
     *
     * @param documents how many, estimated
     */
    record CollectionView(String name, Instant createdAt, @Nullable Long changesRetentionMs,
            @Nullable Integer documentMax, long documents, long bytes, int indexes) {
        static CollectionView of(CollectionState state) {
            return new CollectionView(state.name(), state.createdAt(),
                    state.options().changesRetention().map(Duration::toMillis).orElse(null),
                    state.options().documentMax().orElse(null), state.documents(), state.bytes(), state.indexes());
        }
    }

    /**
     * What holds for a collection; what is left out is as configured.
     *
     * @param changesRetention a duration such as {@code 7d}
     * @param documentMax bytes of a document
     */
    record CollectionOptionsInput(@Nullable String changesRetention, @Nullable Integer documentMax) {}

    @GetMapping(PATH)
    @Operation(summary = "All collections: documents (estimated), size on disk, options")
    Page<CollectionView> list() {
        return new Page<>(documents.list().stream().map(CollectionView::of).toList(), null);
    }

    @GetMapping(PATH + "/{collection}")
    @Operation(summary = "One collection")
    CollectionView get(@PathVariable String collection) {
        return CollectionView.of(documents.state(collection));
    }

    @PutMapping(PATH + "/{collection}")
    @Operation(summary = "Creates a collection, or sets the options of one that is there")
    ResponseEntity<CollectionView> put(@PathVariable String collection,
            @RequestBody(required = false) @Nullable CollectionOptionsInput input) {
        var given = Objects.requireNonNullElse(input, new CollectionOptionsInput(null, null));
        boolean isNew = documents.create(collection, new CollectionOptions(TaskInput.duration("changes_retention",
                given.changesRetention), Optional.ofNullable(given.documentMax)));
        return ResponseEntity.status(isNew ? HttpStatus.CREATED : HttpStatus.OK)
                .body(CollectionView.of(documents.state(collection)));
    }

    @DeleteMapping(PATH + "/{collection}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Drops a collection with its documents, indexes and changes")
    void drop(@PathVariable String collection) {
        documents.drop(collection);
    }

    /**
     * An index.
     *
     * @param kind {@code btree} or {@code gin}
     * @param state {@code building}, {@code ready} or {@code failed}
     */
    record IndexView(String name, String kind, List<String> paths, boolean unique, String state,
            @Nullable String error, long bytes) {
        static IndexView of(IndexState state) {
            var index = state.index();
            return new IndexView(index.name(), index.kind().name().toLowerCase(Locale.ROOT),
                    index.paths().stream().map(FieldPath::toString).toList(), index.unique(), state.state().text(),
                    state.error().orElse(null), state.bytes());
        }
    }

    /**
     * An index to build.
     *
     * @param kind {@code btree}, if absent, or {@code gin}
     * @param paths dotted; none for gin
     */
    record DocumentIndexInput(@Nullable String kind, @Nullable List<String> paths, @Nullable Boolean unique) {
        DeclaredIndex toIndex(String name) {
            var wanted = Objects.requireNonNullElse(kind, "btree");
            if (!wanted.equals("btree") && !wanted.equals("gin")) {
                throw new InvalidInputException("index-invalid", "/kind", "\"" + wanted + "\" is not known",
                        "use btree or gin");
            }
            return new DeclaredIndex(name, DeclaredIndex.Kind.valueOf(wanted.toUpperCase(Locale.ROOT)),
                    Objects.requireNonNullElse(paths, List.<String>of()).stream().map(FieldPath::parse).toList(),
                    Boolean.TRUE.equals(unique));
        }
    }

    @GetMapping(PATH + "/{collection}/_indexes")
    @Operation(summary = "The declared indexes with their state and size")
    Page<IndexView> indexes(@PathVariable String collection) {
        return new Page<>(documents.collection(collection).indexes().stream().map(IndexView::of).toList(), null);
    }

    @PutMapping(INDEX)
    @Operation(summary = "Declares an index and builds it beside reads and writes; with wait=false it is built later")
    ResponseEntity<IndexView> putIndex(@PathVariable String collection, @PathVariable String name,
            @RequestParam(defaultValue = "true") boolean wait, @RequestBody DocumentIndexInput input) {
        var target = documents.collection(collection);
        var index = input.toIndex(name);
        if (wait) {
            target.createIndex(index);
        } else {
            target.declareIndex(index);
        }
        var state = target.indexes().stream().filter(known -> known.index().name().equals(name)).findFirst()
                .orElseThrow();
        return ResponseEntity.status(state.state() == IndexState.State.READY ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .body(IndexView.of(state));
    }

    @DeleteMapping(INDEX)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Drops an index")
    void dropIndex(@PathVariable String collection, @PathVariable String name) {
        documents.collection(collection).dropIndex(name);
    }
}
