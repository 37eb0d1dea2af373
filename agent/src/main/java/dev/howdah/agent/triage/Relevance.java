package dev.howdah.agent.triage;

import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.source.ChangedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Whether a change can matter to a dependent repository at all; keeps the model from being asked about every commit.
 *
 * <p>A consumer: if a configured trigger's words occur in the change's patterns and keywords, its message or its paths,
 * or if a changed path looks like an interface or a configuration. A fork: if a shared concern's words occur there, and
 * not more divergent ones than shared ones. Paths and message count, so that a change without an analysis is not lost.
 *
 * @param relevant whether to ask the model
 * @param concerns triggers or shared concerns that the change touches
 * @param divergent divergent concerns that it touches
 * @param files those that matter
 */
record Relevance(boolean relevant, List<String> concerns, List<String> divergent, List<ChangedFile> files) {
    private static final List<String> INTERFACE_PATHS = List.of("api", "route", "endpoint", "controller", "server",
            "app.py", "main.py", "config");

    static Relevance of(Relationship relationship, ChangeEvent event) {
        return switch (relationship.type()) {
            case API_CONSUMER -> consumer(relationship, event);
            case TEMPLATE_FORK -> fork(relationship, event);
        };
    }

    private static Relevance consumer(Relationship relationship, ChangeEvent event) {
        var concerns = Concerns.matching(relationship.changeTriggers(), Concerns.TRIGGERS, text(event));
        var interfaces = event.changedFiles().stream().filter(Relevance::isInterface).toList();
        var manifests = event.changedFiles().stream().filter(file -> Manifest.isManifest(file.path())).toList();
        // Interfaces first: the model sees only the first files.
        var files = Stream.of(interfaces, manifests, event.changedFiles()).flatMap(List::stream).distinct().toList();
        return new Relevance(!concerns.isEmpty() || !interfaces.isEmpty(), concerns, List.of(), files);
    }

    private static Relevance fork(Relationship relationship, ChangeEvent event) {
        var shared = Concerns.matching(relationship.sharedConcerns(), Concerns.SHARED, text(event));
        var divergent = Concerns.matching(relationship.divergentConcerns(), Concerns.DIVERGENT, text(event));
        var files = new ArrayList<ChangedFile>();
        for (var file : event.changedFiles()) {
            boolean follows = !Concerns.matching(relationship.sharedConcerns(), Concerns.SHARED, file.path()).isEmpty();
            boolean own = !Concerns.matching(relationship.divergentConcerns(), Concerns.DIVERGENT, file.path())
                    .isEmpty();
            if (follows && !own) {
                files.add(file);
            }
        }
        return new Relevance(!shared.isEmpty() && divergent.size() <= shared.size(), shared, divergent, files);
    }

    private static boolean isInterface(ChangedFile file) {
        var path = file.path().toLowerCase(Locale.ROOT);
        return INTERFACE_PATHS.stream().anyMatch(path::contains);
    }

    private static String text(ChangeEvent event) {
        var summary = event.patternSummary();
        return Stream.of(summary.patterns().stream(), summary.keywords().stream(), Stream.of(event.commitMessage()),
                event.changedFiles().stream().map(ChangedFile::path)).flatMap(s -> s)
                .reduce("", (a, b) -> a + "\n" + b);
    }
}
