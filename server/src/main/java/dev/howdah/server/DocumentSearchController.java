package dev.howdah.server;

import dev.howdah.documents.query.FieldPath;
import dev.howdah.operations.search.DocumentSearches;
import dev.howdah.operations.search.SearchDefinition;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** Documents by what they say. */
@RestController
@Tag(name = "Document search", description = "Documents by words and by meaning")
final class DocumentSearchController {
    private static final String SEARCH = DocumentCollectionsController.PATH + "/{collection}/_search";
    private static final int LIMIT_DEFAULT = 10;

    private final DocumentSearches searches;

    DocumentSearchController(Howdah howdah) {
        this.searches = howdah.documentSearches();
    }

    @PutMapping(SEARCH)
    @Operation(summary = "Has the documents searched by these fields: {title, fields, language}; complete says when all that "
            + "are there can be found")
    ResponseEntity<String> define(@PathVariable String collection, @RequestBody String body) {
        var input = DocumentJson.read(body, "title", "fields", "language");
        var fields = new ArrayList<FieldPath>();
        input.array("fields").forEach(field -> fields.add(FieldPath.parse(field.asString(""))));
        searches.define(new SearchDefinition(collection, input.text("title").map(FieldPath::parse), fields,
                input.text("language").orElse("english")));
        return get(collection);
    }

    @GetMapping(SEARCH)
    @Operation(summary = "By which fields the documents are searched")
    ResponseEntity<String> get(@PathVariable String collection) {
        var state = searches.state(collection);
        var answer = DocumentJson.object();
        state.definition().title().ifPresent(path -> answer.put("title", path.toString()));
        var fields = answer.putArray("fields");
        state.definition().fields().forEach(path -> fields.add(path.toString()));
        return DocumentJson.answer(answer.put("language", state.definition().language()).put("complete", state
                .isComplete()));
    }

    @DeleteMapping(SEARCH)
    @Operation(summary = "Has the documents searched no longer")
    ResponseEntity<Void> remove(@PathVariable String collection) {
        return searches.remove(collection) ? ResponseEntity.noContent().build() : ResponseEntity.notFound().build();
    }

    @PostMapping(SEARCH)
    @Operation(summary = "Documents that answer a question, best first: {question, mode, filter, limit}; mode is text, "
            + "semantic or hybrid, the filter MongoDB's")
    ResponseEntity<String> search(@PathVariable String collection, @RequestBody String body) {
        var input = DocumentJson.read(body, "question", "mode", "filter", "limit");
        int limit = Math.clamp(input.number("limit").orElse(LIMIT_DEFAULT), 0, Integer.MAX_VALUE);
        var found = searches.search(collection, input.text("question").orElse(""), SearchViews.mode(input.text("mode")),
                input.object("filter").isEmpty() ? Optional.empty() : Optional.of(input.filter()), limit);
        List<ObjectNode> items = found.stream().map(each -> {
            var item = DocumentJson.object();
            item.set("document", each.document().value());
            item.set("hit", SearchViews.hit(each.hit()));
            return item;
        }).toList();
        var answer = DocumentJson.object();
        answer.set("items", DocumentJson.array(items));
        return DocumentJson.answer(answer);
    }
}
