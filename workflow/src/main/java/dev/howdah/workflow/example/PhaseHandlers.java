package dev.howdah.workflow.example;

import dev.howdah.workflow.NewArtifact;
import dev.howdah.workflow.NodeHandler;
import dev.howdah.workflow.NodeResult;
import dev.howdah.workflow.NodeRun;
import dev.howdah.workflow.definition.QualityGate;
import dev.howdah.workflow.Review;
import dev.howdah.queue.PermanentFailure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The phases of the built-in workflows: from a requirement in plain sentences ({@code input.requirement}) to documents, a schema,
 * a server that runs, pages, a test report and a review. Without a language model they follow plain rules ({@link Product}),
 * so that the same input gives the same files; with one it writes the documents, while code, checks and scores stay
 * computed. What earlier phases made is taken from the outputs of the node's dependencies and from {@code config.earlier}.
 */
public final class PhaseHandlers {
    private static final int REQUIREMENT_MAX = 10_000;
    private static final int PROMPT_DRAFT_MAX = 20_000;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Optional<Function<String, String>> model;

    private PhaseHandlers(Optional<Function<String, String>> model) {
        this.model = model;
    }

    /** The handlers by the name of their executor, following rules only. */
    public static Map<String, NodeHandler> all() {
        return new PhaseHandlers(Optional.empty()).handlers();
    }

    /**
     * The same, the documents written by a language model.
     *
     * @param model answers a prompt; if it throws, the attempt fails
     */
    public static Map<String, NodeHandler> all(Function<String, String> model) {
        return new PhaseHandlers(Optional.of(model)).handlers();
    }

    private Map<String, NodeHandler> handlers() {
        var handlers = new TreeMap<String, NodeHandler>();
        handlers.put("requirement_analysis", run -> made(run, "requirement_analysis", this::analyse));
        handlers.put("design", run -> made(run, "design", this::design));
        handlers.put("backend_development", run -> made(run, "backend_development", PhaseHandlers::backend));
        handlers.put("frontend_development", run -> made(run, "frontend_development", PhaseHandlers::frontend));
        handlers.put("screen", run -> made(run, "screen", PhaseHandlers::screen));
        handlers.put("testing", run -> made(run, "testing", this::test));
        handlers.put("staging", run -> made(run, "staging", PhaseHandlers::stage));
        handlers.put("review", run -> made(run, "review", this::review));
        handlers.put("withdraw_release", PhaseHandlers::withdraw);
        return Map.copyOf(handlers);
    }

    /** What a phase sees: the requirement, what plain rules read out of it, and the outputs of earlier phases by phase. */
    private record Situation(NodeRun run, String requirement, Product product, Map<String, JsonNode> earlier) {
        Map<String, String> files() {
            var files = new LinkedHashMap<String, String>();
            earlier.values().forEach(output -> output.path("output").path("files").properties()
                    .forEach(file -> files.put(file.getKey(), file.getValue().asString(""))));
            return files;
        }
    }

    /** What a phase has made; facts are for later nodes and their expressions. */
    private record Work(Map<String, String> files, ObjectNode facts, double quality, List<String> contracts) {}

    private static NodeResult made(NodeRun run, String phase, Function<Situation, Work> doing) {
        long began = System.nanoTime();
        var situation = situation(run);
        run.progress(10, phase);
        var work = doing.apply(situation);
        var output = JSON.objectNode().put("phase", phase).put("status", "completed");
        var facts = output.putObject("output");
        facts.setAll(work.facts());
        var files = facts.putObject("files");
        work.files().forEach(files::put);
        var names = output.putArray("artifacts");
        work.files().keySet().forEach(names::add);
        var contracts = output.putArray("contracts");
        work.contracts().forEach(contracts::add);
        double quality = Math.round(work.quality() * 1_000) / 1_000.0;
        output.put("quality", quality).put("execution_time", Math.round((System.nanoTime() - began) / 1e6) / 1_000.0);
        return NodeResult.of(output).withQuality(quality).withArtifacts(work.files().entrySet().stream()
                .map(file -> artifact(file.getKey(), file.getValue())).toList());
    }

    private static Situation situation(NodeRun run) {
        var requirement = run.input().path("requirement").asString("").strip();
        if (requirement.isEmpty()) {
            throw new PermanentFailure(
                    "the input has no requirement; start the workflow with {\"requirement\": \"…\"}");
        }
        if (requirement.length() > REQUIREMENT_MAX) {
            throw new PermanentFailure("the requirement has " + requirement.length() + " characters, and the limit is "
                    + REQUIREMENT_MAX + "; shorten it");
        }
        var earlier = new LinkedHashMap<String, JsonNode>();
        collect(run.config().path("earlier"), earlier, 0);
        run.dependencyOutputs().values().forEach(output -> collect(output, earlier, 0));
        return new Situation(run, requirement, Product.of(requirement), earlier);
    }

    /** Outputs of groups and maps hold those of their children; ten levels are more than children may be nested. */
    private static void collect(JsonNode json, Map<String, JsonNode> into, int level) {
        if (json.path("phase").isString() && json.path("output").isObject()) {
            var phase = json.path("phase").asString();
            into.merge(phase, json, (first, second) -> phase.equals("screen") ? joined(first, second) : second);
        } else if (json.isContainer() && level < 10) {
            json.forEach(element -> collect(element, into, level + 1));
        }
    }

    /** The screens that a map made, as one output. */
    private static JsonNode joined(JsonNode first, JsonNode second) {
        var both = (ObjectNode) first.deepCopy();
        ((ObjectNode) both.path("output").path("files")).setAll((ObjectNode) second.path("output").path("files"));
        return both;
    }

    private static NewArtifact artifact(String name, String content) {
        var ending = name.substring(name.lastIndexOf('.') + 1);
        return switch (ending) {
            case "md" -> NewArtifact.text(name.contains("report") || name.startsWith("review") ? "report" : "document",
                    name, "text/markdown", content);
            case "yaml" -> NewArtifact.text("contract", name, "application/yaml", content);
            case "sql" -> NewArtifact.text("code", name, "application/sql", content);
            case "html" -> NewArtifact.text("code", name, "text/html", content);
            case "json" -> NewArtifact.text("manifest", name, "application/json", content);
            default -> NewArtifact.text("code", name, "text/plain", content);
        };
    }

    /** The model's text if there is one; else what the rules wrote. */
    private String written(Situation situation, String task, String draft) {
        if (model.isEmpty()) {
            return draft;
        }
        situation.run().log("the language model writes: " + task);
        var answer = model.get().apply("You are part of a software team. " + task
                + " Answer with the Markdown document only.\n\nThe requirement:\n" + situation.requirement()
                + "\n\nFacts that the document must agree with:\n"
                + (draft.length() <= PROMPT_DRAFT_MAX ? draft : draft.substring(0, PROMPT_DRAFT_MAX)));
        if (answer.isBlank()) {
            throw new IllegalStateException("the language model gave an empty answer");
        }
        return answer;
    }

    private Work analyse(Situation situation) {
        var product = situation.product();
        var facts = JSON.objectNode().put("title", product.title());
        facts.set("stories", JsonMapper.shared().valueToTree(product.stories()));
        facts.set("entities", JsonMapper.shared().valueToTree(product.entities()));
        double stories = product.stories().size();
        double testable = product.stories().stream().filter(Product.Story::isTestable).count() / stories;
        double clear = product.stories().stream().filter(story -> story.vague().isEmpty()).count() / stories;
        return new Work(Map.of("requirements.md", written(situation,
                "Write the requirements as user stories with acceptance criteria.",
                ProductTexts.requirements(product))),
                facts, 0.6 * testable + 0.2 * clear + 0.2 * Math.min(1, stories / 3), List.of());
    }

    private Work design(Situation situation) {
        var product = situation.product();
        var facts = JSON.objectNode();
        facts.set("entities", JsonMapper.shared().valueToTree(product.entities()));
        facts.set("endpoints", JsonMapper.shared().valueToTree(product.endpoints()));
        var files = new LinkedHashMap<String, String>();
        files.put("design.md", written(situation, "Write the design: data model and endpoints.",
                ProductTexts.design(product)));
        files.put("openapi.yaml", ProductTexts.openApi(product));
        double served = share(product.stories().stream().filter(product::isServed).count(), product.stories().size());
        double described = share(product.entities().stream().filter(entity -> entity.fields().size() > 1).count(),
                product.entities().size());
        return new Work(files, facts, product.entities().isEmpty() ? 0 : 0.8 * served + 0.2 * described,
                List.of("openapi.yaml"));
    }

    private static double share(long part, int all) {
        return all == 0 ? 0 : (double) part / all;
    }

    private static Work backend(Situation situation) {
        var files = new LinkedHashMap<String, String>();
        files.put("schema.sql", ProductTexts.schema(situation.product()));
        files.put("app.py", ProductTexts.server(situation.product()));
        return new Work(files, JSON.objectNode().put("language", "python"), checkedScore(situation, files, "schema.sql",
                "app.py"), List.of("openapi.yaml"));
    }

    private static Work frontend(Situation situation) {
        var files = Map.of("index.html", ProductTexts.page(situation.product()));
        return new Work(files, JSON.objectNode(), checkedScore(situation, files, "index.html"),
                List.of("openapi.yaml"));
    }

    /** How many of the checks that look at these files pass; each phase is measured by its own. */
    private static double checkedScore(Situation situation, Map<String, String> files, String... own) {
        var without = PhaseChecks.of(situation.product(), Map.of());
        var with = PhaseChecks.of(situation.product(), files);
        int about = 0;
        int passed = 0;
        for (int i = 0; i < with.size(); i++) {
            var details = without.get(i).details();
            if (java.util.Arrays.stream(own).anyMatch(file -> details.equals("there is no " + file))) {
                about++;
                passed += with.get(i).passed() ? 1 : 0;
            }
        }
        return share(passed, about);
    }

    /** One page for one thing: an item of the map over the design's entities. */
    private static Work screen(Situation situation) {
        var wanted = situation.run().item().orElse(situation.run().config()).path("name").asString("");
        var entity = situation.product().entities().stream().filter(known -> known.name().equals(wanted)).findFirst()
                .orElseThrow(() -> new PermanentFailure("the product has nothing called \"" + wanted + "\""));
        var page = ProductTexts.screen(situation.product().title(), entity);
        long fields = entity.fields().stream().filter(field -> page.contains("name=\"" + field.name() + "\"")).count();
        return new Work(Map.of("screens/" + entity.table() + ".html", page), JSON.objectNode().put("entity", wanted),
                share(fields, entity.fields().size()), List.of());
    }

    private Work test(Situation situation) {
        var checks = PhaseChecks.of(situation.product(), situation.files());
        var facts = JSON.objectNode();
        facts.set("checks", JsonMapper.shared().valueToTree(checks));
        facts.put("passed", checks.stream().filter(PhaseChecks.Check::passed).count()).put("total", checks.size());
        return new Work(Map.of("test-report.md", written(situation, "Write the test report.",
                ProductTexts.testReport(checks))), facts, PhaseChecks.score(checks), List.of());
    }

    /** Lists everything that was made with its size and hash: what a release would consist of. */
    private static Work stage(Situation situation) {
        var manifest = JSON.objectNode().put("release", situation.run().idempotencyKey());
        var list = manifest.putArray("files");
        new TreeMap<>(situation.files()).forEach((name, content) -> list.addObject().put("name", name)
                .put("bytes", content.getBytes(StandardCharsets.UTF_8).length).put("sha256", sha256(content)));
        var facts = JSON.objectNode().put("release", situation.run().idempotencyKey()).put("file_count", list.size());
        return new Work(Map.of("release.json", manifest.toPrettyString()), facts, list.isEmpty() ? 0 : 1, List.of());
    }

    private static String sha256(String content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(content.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private Work review(Situation situation) {
        var text = new StringBuilder("# Review\n\n| phase | quality |\n|---|---|\n");
        var scores = new LinkedHashMap<String, Double>();
        situation.earlier().forEach((phase, output) -> scores.put(phase, output.path("quality").asDouble(0)));
        scores.forEach((phase, score) -> text.append("| ").append(phase).append(" | ").append(score).append(" |\n"));
        var failed = PhaseChecks.of(situation.product(), situation.files()).stream().filter(check -> !check.passed())
                .toList();
        double mean = scores.values().stream().mapToDouble(score -> score).average().orElse(0);
        double score = Math.max(0, mean - 0.05 * failed.size());
        boolean isApproved = score >= QualityGate.THRESHOLD_DEFAULT;
        text.append("\nScore: **").append(Math.round(score * 100)).append(" of 100**. ")
                .append(isApproved ? "Approved.\n" : "Changes are needed.\n").append("\n## Findings\n\n");
        failed.forEach(
                check -> text.append("- ").append(check.name()).append(": ").append(check.details()).append('\n'));
        text.append(failed.isEmpty() ? "None.\n" : "");
        var facts = JSON.objectNode().put("score", score).put("approved", isApproved);
        facts.set("findings", JsonMapper.shared().valueToTree(failed));
        return new Work(Map.of("review.md", written(situation, "Write the review with its score and findings.",
                text.toString())), facts, score, List.of());
    }

    /** Undoes {@code staging}: notes that the release must not be used. */
    private static NodeResult withdraw(NodeRun run) {
        var release = run.config().path("release").asString("");
        var note = "# Release withdrawn\n\nThe release `" + release
                + "` must not be used: the workflow failed after it had been staged.\n";
        return NodeResult.of(JSON.objectNode().put("phase", "withdraw_release").put("status", "completed")
                .put("release", release)).withArtifacts(
                        List.of(NewArtifact.text("report", "withdrawn.md", "text/markdown", note)));
    }
}
