package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What the commands that list something page by page have in common. */
abstract class PageCommand implements Callable<Integer> {
    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();
    @Option(names = "--limit", defaultValue = "20", description = "How many (default ${DEFAULT-VALUE}).")
    private int limit;
    @Option(names = "--cursor", description = "Goes on after the page that named this cursor.")
    private @Nullable String cursor;
    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final String[] head;

    PageCommand(String... head) {
        this.head = head;
    }

    @Override
    public final Integer call() {
        var page = api.get(query().and("limit", limit).and("cursor", cursor).toString());
        return output.print(page, out -> print(page, out));
    }

    private void print(JsonNode page, PrintWriter out) {
        var table = new Table(head);
        page.path("items").forEach(item -> table.add(cells(item)));
        table.print(out);
        if (page.path("next").isString()) {
            out.println("more: " + spec.qualifiedName() + " --cursor " + page.path("next").asString());
        }
    }

    /** What is listed, narrowed by the command's options. */
    abstract Query query();

    /** The cells of one item, below the head. */
    abstract String[] cells(JsonNode item);

    /** A field's text, empty if there is none. */
    static String text(JsonNode item, String field) {
        return item.path(field).asString("");
    }

    static String[] row(String... cells) {
        return cells;
    }
}
