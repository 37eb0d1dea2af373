package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Finds what is known. */
@Command(name = "search", mixinStandardHelpOptions = true, description = "Finds patterns, decisions, components, lessons and runtime issues by words and meaning.")
final class KnowledgeSearchCommand implements Callable<Integer> {
    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();
    @Option(names = "--kind", description = "Only pattern, decision, component, lesson or issue.")
    private @Nullable String kind;
    @Option(names = "--repository", paramLabel = "OWNER/NAME", description = "Only of this repository.")
    private @Nullable String repository;
    @Option(names = "--mode", description = "text, semantic or hybrid (default: hybrid where a model is configured).")
    private @Nullable String mode;
    @Option(names = "--limit", defaultValue = "10", description = "How many (default ${DEFAULT-VALUE}).")
    private int limit;
    @Parameters(paramLabel = "QUESTION", arity = "1..*", description = "Plain words; also \"phrases\", -exclusions and field:value.")
    private List<String> question = List.of();

    @Override
    public Integer call() {
        var answer = api.get(new Query("/api/knowledge/search").and("limit", limit).and("q", String.join(" ", question))
                .and("kind", kind).and("repository", repository).and("mode", mode).toString());
        return output.print(answer, out -> print(answer, out));
    }

    private static void print(JsonNode answer, PrintWriter out) {
        int number = 1;
        for (var hit : answer.path("hits")) {
            var metadata = hit.path("metadata");
            out.println(number++ + ". " + hit.path("title").asString("") + "  [" + metadata.path("kind").asString("")
                    + " of " + metadata.path("repository").asString("") + ", " + rankers(hit.path("rankers")) + "]");
            out.println("   " + plain(hit.path("highlight").path("snippet").asString("")));
        }
        if (answer.path("hits").isEmpty()) {
            out.println("nothing was found");
        }
        answer.path("notes").forEach(note -> out.println("note: " + note.asString("")));
    }

    private static String rankers(JsonNode rankers) {
        return String.join(", ", rankers.properties().stream().map(ranker -> String.format(Locale.ROOT, "%s %.3g (%d)",
                ranker.getKey(), ranker.getValue().path("score").asDouble(), ranker.getValue().path("rank").asInt()))
                .toList());
    }

    /** The snippet is HTML; a terminal shows text. */
    static String plain(String html) {
        return html.replaceAll("</?mark>", "").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"")
                .replace("&#39;", "'").replace("&amp;", "&").replaceAll("\\s+", " ");
    }
}
