package dev.howdah.agent.triage;

import dev.howdah.knowledge.RelationshipType;

import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.source.ChangedFile;
import dev.howdah.agent.source.RepositorySource;
import dev.howdah.agent.triage.TriageRequest.TargetFile;
import dev.howdah.postgres.NotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Works out what a change means for one dependent repository: is it relevant, what does the repository look like, what does
 * the model say, which urgency did the owners agree on. Reads and asks, stores nothing. Thread-safe.
 */
public final class Triage {
    private static final int TARGET_FILES_MAX = 5;
    private static final int TARGET_FILE_BYTES_MAX = 100_000;
    private static final double FILTER_CONFIDENCE = 0.9;

    private final RepositorySource source;
    private final TriageModel model;
    private final Function<Relationship, String> context;

    /** Decides without knowledge about the repositories. */
    public Triage(RepositorySource source, TriageModel model) {
        this(source, model, relationship -> "");
    }

    /**
     * Decides.
     *
     * @param context what is known about both repositories, bounded, or empty; asked for only if a change is relevant
     */
    public Triage(RepositorySource source, TriageModel model, Function<Relationship, String> context) {
        this.source = source;
        this.model = model;
        this.context = context;
    }

    /** The model that decides. */
    public String model() {
        return model.name();
    }

    /**
     * Decides for one relationship.
     *
     * @throws dev.howdah.postgres.UnavailableException if a repository or the model cannot be reached now; try again
     */
    public TriageResult decide(Relationship relationship, ChangeEvent event) {
        var relevance = Relevance.of(relationship, event);
        if (!relevance.relevant()) {
            return notRelevant(relationship, relevance);
        }
        var paths = switch (relationship.type()) {
            case API_CONSUMER -> relationship.interfaceFiles();
            case TEMPLATE_FORK -> relevance.files().stream().map(ChangedFile::path).toList();
        };
        var files = paths.stream().limit(TARGET_FILES_MAX).map(path -> read(relationship.targetRepo(), path)).toList();
        var result = model.decide(new TriageRequest(relationship, event, relevance.files(), relevance.concerns(),
                files, context.apply(relationship)));
        return agreedUrgency(relationship, relevance.concerns(), result);
    }

    private static TriageResult notRelevant(Relationship relationship, Relevance relevance) {
        var why = relationship.type() == RelationshipType.API_CONSUMER
                ? "No trigger of the relationship and no interface file is touched."
                : relevance.concerns().isEmpty()
                        ? "No shared concern is touched."
                        : "The change is about what diverges: " + String.join(", ", relevance.divergent()) + ".";
        return new TriageResult(false, Urgency.LOW, "Not relevant for " + relationship.targetRepo(), List.of(), "",
                FILTER_CONFIDENCE, why, relationship.description(), "filter");
    }

    private TargetFile read(String repository, String path) {
        try {
            return source.file(repository, path, TARGET_FILE_BYTES_MAX)
                    .map(text -> new TargetFile(path, text, true))
                    .orElseGet(() -> new TargetFile(path, "not there, binary, or larger than 100,000 bytes", false));
        } catch (NotFoundException e) {
            return new TargetFile(path, e.problem(), false);
        }
    }

    /** What the owners of the relationship wrote for the triggers goes before what the model thinks. */
    private static TriageResult agreedUrgency(Relationship relationship, List<String> concerns, TriageResult result) {
        Optional<String> trigger = concerns.stream().filter(relationship.urgencyMapping()::containsKey)
                .max((a, b) -> mapped(relationship, a).compareTo(mapped(relationship, b)));
        if (!result.requiresAction() || trigger.isEmpty() || mapped(relationship, trigger.get()) == result.urgency()) {
            return result;
        }
        var urgency = mapped(relationship, trigger.get());
        return new TriageResult(true, urgency, result.impactSummary(), result.affectedFiles(),
                result.recommendedChanges(), result.confidence(),
                result.reasoning() + "\nUrgency " + result.urgency() + " became " + urgency
                        + ", as the relationship says for " + trigger.get() + ".",
                result.architectureContext(), result.model());
    }

    private static Urgency mapped(Relationship relationship, String trigger) {
        return relationship.urgencyMapping().getOrDefault(trigger, Urgency.NONE);
    }
}
