package dev.howdah.workflow.example;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Compares what the phases made with what was to be made. */
final class PhaseChecks {
    /** Something that holds or does not. */
    record Check(String name, boolean passed, String details) {}

    private PhaseChecks() {}

    /**
     * All checks.
     *
     * @param files what the phases before wrote, by name
     */
    static List<Check> of(Product product, Map<String, String> files) {
        var checks = new ArrayList<Check>();
        checks.add(every("every story names an action on a thing", product.stories(),
                story -> !story.action().isEmpty() && !story.entity().isEmpty(), Product.Story::id));
        checks.add(
                every("every story is served by an endpoint", product.stories(), product::isServed, Product.Story::id));
        checks.add(in(files, "openapi.yaml", "every endpoint stands in the API's description", product.endpoints(),
                (text, endpoint) -> text.contains("  " + endpoint.path() + ":")
                        && text.contains("operationId: " + endpoint.handler() + "\n"),
                ep -> ep.method() + " " + ep.path()));
        checks.add(in(files, "schema.sql", "every thing has a table with its columns", product.entities(),
                (text, entity) -> text.contains("CREATE TABLE " + entity.table() + " (") && entity.fields().stream()
                        .allMatch(field -> text.contains("\"" + field.name() + "\" " + field.type())),
                Product.Entity::name));
        checks.add(in(files, "app.py", "every endpoint of the API has a handler", product.endpoints(),
                (text, endpoint) -> text.contains("def " + endpoint.handler() + "(")
                        && text.contains(", " + endpoint.handler() + "),"),
                ep -> ep.method() + " " + ep.path()));
        checks.add(in(files, "index.html", "every thing has its place on the page", product.entities(),
                (text, entity) -> text.contains("data-api=\"/" + entity.table() + "\""), Product.Entity::name));
        checks.add(in(files, "index.html", "every field can be filled in, with a label", product.entities(),
                (text, entity) -> entity.fields().stream().allMatch(field -> text.contains("<input name=\""
                        + field.name() + "\"")),
                Product.Entity::name));
        return checks;
    }

    /** The share that passed. */
    static double score(List<Check> checks) {
        return checks.isEmpty() ? 0 : (double) checks.stream().filter(Check::passed).count() / checks.size();
    }

    private static <T> Check every(String name, List<T> things, Predicate<T> holds, Function<T, String> label) {
        var not = things.stream().filter(holds.negate()).map(label).toList();
        if (things.isEmpty()) {
            return new Check(name, false, "there is nothing to check");
        }
        return new Check(name, not.isEmpty(), not.isEmpty()
                ? things.size() + " checked"
                : "not: " + not.stream().limit(10).collect(Collectors.joining(", ")));
    }

    private static <T> Check in(Map<String, String> files, String file, String name, List<T> things,
            java.util.function.BiPredicate<String, T> holds, Function<T, String> label) {
        var text = files.get(file);
        return text == null
                ? new Check(name, false, "there is no " + file)
                : every(name, things, thing -> holds.test(text, thing), label);
    }
}
