package dev.howdah.server;

import dev.howdah.documents.Document;
import dev.howdah.documents.DocumentCollection;
import dev.howdah.documents.Documents;
import dev.howdah.documents.NewDocument;
import dev.howdah.documents.WriteCondition;
import dev.howdah.documents.update.JsonPatch;
import dev.howdah.documents.update.MergePatch;
import dev.howdah.documents.update.Update;
import dev.howdah.documents.value.DocumentIds;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.Transaction;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Single documents. A document's revision is its ETag; what comes with If-Match is refused with 409 if it has another one, and
 * the answer says which.
 */
@RestController
@Tag(name = "Documents", description = "JSON documents by their ids")
final class DocumentsController {
    private static final String COLLECTION = DocumentCollectionsController.PATH + "/{collection}";
    private static final String DOCUMENT = COLLECTION + "/{id}";

    private final Documents documents;
    private final Database database;
    private final IdempotentRequests requests;

    DocumentsController(Howdah howdah) {
        this.documents = howdah.documents();
        this.database = howdah.database();
        this.requests = new IdempotentRequests(howdah.database());
    }

    @PostMapping(COLLECTION)
    @Operation(summary = "Inserts a document, or all of an array or none; with ordered=false those that are new. With the "
            + "header Idempotency-Key a request that is sent again gets the first answer")
    ResponseEntity<String> insert(@PathVariable String collection, @RequestBody String body,
            @RequestParam(defaultValue = "true") boolean ordered,
            @RequestHeader(name = "Idempotency-Key", required = false) Optional<String> key) {
        var target = documents.collection(collection);
        var given = Values.parse(body);
        if (given instanceof ObjectNode one) {
            if (key.isEmpty()) {
                var inserted = target.insert(NewDocument.of(one));
                return DocumentJson.answer(ResponseEntity.created(UriComponentsBuilder.fromPath(
                        DocumentCollectionsController.PATH).pathSegment(collection, inserted.id()).build().toUri()),
                        inserted, false);
            }
            var answer = requests.once(key.get(), collection + " " + body, tx -> target.insert(tx,
                    NewDocument.of(one)).value());
            return DocumentJson.answer(ResponseEntity.status(HttpStatus.CREATED), answer);
        }
        var several = several(given);
        var answer = key.map(name -> requests.once(name, collection + " " + ordered + " " + body,
                tx -> insertAll(tx, target, several, ordered))).orElseGet(() -> database.inTransaction(
                        tx -> insertAll(tx, target, several, ordered)));
        return DocumentJson.answer(ResponseEntity.status(HttpStatus.CREATED), answer);
    }

    private static List<NewDocument> several(JsonNode given) {
        var several = new ArrayList<NewDocument>();
        if (!given.isArray()) {
            throw new InvalidInputException("document-invalid", "", "is neither an object nor an array",
                    "send a document, or an array of them");
        }
        for (var element : given) {
            if (!(element instanceof ObjectNode document)) {
                throw new InvalidInputException("document-invalid", "/" + several.size(), "is no object",
                        "a document is an object");
            }
            several.add(NewDocument.of(document));
        }
        return several;
    }

    private static JsonNode insertAll(Transaction tx, DocumentCollection target, List<NewDocument> several,
            boolean ordered) {
        if (ordered) {
            return ids(target.insert(tx, several));
        }
        var result = target.insertNew(tx, several);
        return ids(result.ids(), result.refused());
    }

    private static JsonNode ids(List<Document> inserted) {
        return ids(inserted.stream().map(Document::id).toList(), List.of());
    }

    private static JsonNode ids(List<String> ids, List<String> refused) {
        var answer = DocumentJson.object().put("inserted", ids.size());
        answer.set("ids", values(ids));
        return answer.set("refused", values(refused));
    }

    private static JsonNode values(List<String> ids) {
        return DocumentJson.array(ids.stream().map(DocumentIds::toValue).toList());
    }

    @GetMapping(DOCUMENT)
    @Operation(summary = "A document; with meta=true in an envelope with revision, times and metadata. The id of a number "
            + "is $number:42, of an ObjectId $oid:hex")
    ResponseEntity<String> get(@PathVariable String collection, @PathVariable String id,
            @RequestParam(defaultValue = "false") boolean meta) {
        var found = documents.collection(collection).get(id).orElseThrow(() -> new NotFoundException(
                "document-not-found", "collection \"" + collection + "\" has no document " + id,
                "insert it, or ask for another"));
        return DocumentJson.answer(ResponseEntity.ok(), found, meta);
    }

    @PutMapping(DOCUMENT)
    @Operation(summary = "Puts a document in the place of the one that is there, or inserts it; only at the revision of "
            + "If-Match, or only if there is none with If-None-Match: *")
    ResponseEntity<String> put(@PathVariable String collection, @PathVariable String id, @RequestBody String body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch,
            @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) Optional<String> ifNoneMatch) {
        var target = documents.collection(collection);
        var whole = withId(Values.parseObject(body), id);
        if (ifNoneMatch.filter("*"::equals).isPresent()) {
            return DocumentJson.answer(ResponseEntity.status(HttpStatus.CREATED), target.insert(NewDocument.of(whole)),
                    false);
        }
        var rev = revision(ifMatch);
        var written = target.write(id, new Update.Replacement(whole), new WriteCondition(rev, rev.isEmpty()));
        return DocumentJson.answer(ResponseEntity.status(written.isNew() ? HttpStatus.CREATED : HttpStatus.OK),
                written.document(), false);
    }

    private static ObjectNode withId(ObjectNode document, String id) {
        return document.has("_id")
                ? document
                : JsonNodeFactory.instance.objectNode().set("_id", DocumentIds.toValue(id)).setAll(document);
    }

    @PatchMapping(path = DOCUMENT, consumes = "application/json")
    @Operation(summary = "Changes a document by update operators, such as {\"$set\": {\"a\": 1}}")
    ResponseEntity<String> update(@PathVariable String collection, @PathVariable String id, @RequestBody String body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch) {
        return patch(collection, id, Update.operators(Values.parse(body), JsonNodeFactory.instance.arrayNode()),
                ifMatch);
    }

    @PatchMapping(path = DOCUMENT, consumes = "application/json-patch+json")
    @Operation(summary = "Changes a document by a JSON Patch (RFC 6902)")
    ResponseEntity<String> jsonPatch(@PathVariable String collection, @PathVariable String id,
            @RequestBody String body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch) {
        return patch(collection, id, new Update.Patch(JsonPatch.parse(Values.parse(body))), ifMatch);
    }

    @PatchMapping(path = DOCUMENT, consumes = "application/merge-patch+json")
    @Operation(summary = "Changes a document by a JSON Merge Patch (RFC 7396)")
    ResponseEntity<String> mergePatch(@PathVariable String collection, @PathVariable String id,
            @RequestBody String body,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch) {
        return patch(collection, id, new Update.Merge(new MergePatch(Values.parse(body))), ifMatch);
    }

    private ResponseEntity<String> patch(String collection, String id, Update update, Optional<String> ifMatch) {
        var written = documents.collection(collection).write(id, update, new WriteCondition(revision(ifMatch), false));
        return DocumentJson.answer(ResponseEntity.ok(), written.document(), false);
    }

    @PutMapping(DOCUMENT + "/_metadata")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Sets what is kept beside a document")
    void metadata(@PathVariable String collection, @PathVariable String id, @RequestBody String body) {
        documents.collection(collection).setMetadata(id, Values.parseObject(body));
    }

    @DeleteMapping(DOCUMENT)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "Deletes a document, with If-Match only at that revision")
    void delete(@PathVariable String collection, @PathVariable String id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) Optional<String> ifMatch) {
        if (!documents.collection(collection).delete(id, revision(ifMatch))) {
            throw new NotFoundException("document-not-found", "collection \"" + collection + "\" has no document " + id,
                    "nothing is left to do");
        }
    }

    private static OptionalLong revision(Optional<String> ifMatch) {
        if (ifMatch.isEmpty() || ifMatch.get().equals("*")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(ifMatch.get().replaceAll("^(W/)?\"|\"$", "")));
        } catch (NumberFormatException e) {
            throw new InvalidInputException("if-match-invalid", "If-Match", "\"" + ifMatch.get() + "\" is no revision",
                    "send the ETag of the answer that you read");
        }
    }
}
