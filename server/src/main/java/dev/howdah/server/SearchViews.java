package dev.howdah.server;

import dev.howdah.knowledge.collection.Filter;
import dev.howdah.knowledge.search.SearchAnswer;
import dev.howdah.knowledge.search.SearchHit;
import dev.howdah.knowledge.search.SearchMode;
import dev.howdah.knowledge.search.Similar;
import dev.howdah.postgres.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What searches are asked and answer, as JSON. */
final class SearchViews {
    private static final JsonMapper JSON = JsonMapper.shared();

    private SearchViews() {}

    static ObjectNode answer(SearchAnswer answer) {
        var json = JSON.createObjectNode().put("mode", answer.used().label());
        var hits = json.putArray("hits");
        answer.hits().forEach(hit -> hits.add(hit(hit)));
        var notes = json.putArray("notes");
        answer.notes().forEach(notes::add);
        return json;
    }

    static ObjectNode similar(List<Similar> neighbours) {
        var json = JSON.createObjectNode();
        var items = json.putArray("items");
        neighbours.forEach(neighbour -> items.addObject().put("key", neighbour.key()).put("title", neighbour.title())
                .put("similarity", neighbour.similarity()).set("metadata", neighbour.metadata()));
        return json;
    }

    static Optional<SearchMode> mode(Optional<String> label) {
        return label.map(text -> Arrays.stream(SearchMode.values()).filter(mode -> mode.label().equals(text))
                .findFirst()
                .orElseThrow(() -> new InvalidInputException("mode-invalid", "mode", "\"" + text + "\" is not known",
                        "use text, semantic or hybrid")));
    }

    /** A filter in MongoDB's form, as a parameter. */
    static Filter filter(Optional<String> text) {
        try {
            return text.map(given -> Filter.parse(JSON.readTree(given))).orElseGet(Filter::none);
        } catch (JacksonException e) {
            throw new InvalidInputException("filter-invalid", "filter", "is no JSON: " + e.getOriginalMessage(),
                    "give {\"field\": value, …}");
        }
    }

    static ObjectNode hit(SearchHit hit) {
        var json = JSON.createObjectNode().put("key", hit.key()).put("title", hit.title()).put("score", hit.score());
        json.set("metadata", hit.metadata());
        var rankers = json.putObject("rankers");
        hit.opinions().forEach(opinion -> rankers.putObject(opinion.ranker().label()).put("rank", opinion.rank())
                .put("score", opinion.score()));
        json.putObject("highlight").put("title", hit.highlight().title()).put("snippet", hit.highlight().snippet());
        return json;
    }
}
