package dev.howdah.cli;

import dev.howdah.agent.source.GitCommit;
import dev.howdah.agent.source.ChangeEvent;
import dev.howdah.agent.triage.TriageJson;
import dev.howdah.postgres.InvalidInputException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tells the server of a commit, and shows what it means for the repositories that depend on it. */
@Command(name = "notify", mixinStandardHelpOptions = true, description = "Reads a commit of a local Git repository, sends "
        + "it as a change event, and shows the triage of every repository that depends on it.")
final class NotifyCommand implements Callable<Integer> {
    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();
    @Option(names = "--repo", paramLabel = "PATH", defaultValue = ".", description = "The repository, bare or not (default: here).")
    private Path repo = Path.of(".");
    @Option(names = "--commit", paramLabel = "REV", defaultValue = "HEAD", description = "Anything that Git understands (default ${DEFAULT-VALUE}).")
    private String commit = "HEAD";
    @Option(names = "--name", paramLabel = "OWNER/NAME", description = "The repository's name in the relationships (default: that of the remote \"origin\").")
    private @Nullable String name;
    @Option(names = "--no-wait", description = "Only enqueues the triages, and prints the ids of their tasks.")
    private boolean noWait;
    @Option(names = "--timeout", paramLabel = "SECONDS", defaultValue = "120", description = "How long to wait for the triages (default ${DEFAULT-VALUE}).")
    private int timeoutSeconds = 120;

    @Override
    public Integer call() throws InterruptedException {
        if (timeoutSeconds < 1) {
            throw new InvalidInputException("timeout-invalid", "--timeout", timeoutSeconds + " is out of range",
                    "use 1 second or more");
        }
        var event = GitCommit.read(repo, commit, Optional.ofNullable(name));
        var accepted = (ObjectNode) api.execute("receive_change_notification", TriageJson.toJson(event));
        var ids = Triages.ids(accepted);
        if (noWait || ids.isEmpty()) {
            return output.print(accepted, out -> {
                out.println(headline(event) + (ids.isEmpty()
                        ? ": nothing depends on " + event.sourceRepo()
                                + "; tell what does with: howdah relationships import FILE"
                        : ":"));
                ids.forEach(out::println);
            });
        }
        if (!output.isJson()) {
            output.out().println(headline(event) + ", " + ids.size() + (ids.size() == 1 ? " triage" : " triages"));
        }
        return print(Triages.await(api, ids, Duration.ofSeconds(timeoutSeconds)));
    }

    private int print(List<Triages.Ended> ended) {
        var array = JsonMapper.shared().createArrayNode();
        ended.forEach(one -> array.add(one.task()));
        output.print(array, out -> ended.forEach(one -> one.print(out)));
        return ended.stream().allMatch(Triages.Ended::isFinished) ? 0 : Main.FAILED;
    }

    private static String headline(ChangeEvent event) {
        return TriageText.bold(event.sourceRepo() + "@" + event.shortSha()) + " "
                + event.commitMessage().lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", " ") + " ("
                + event.changedFiles().size() + (event.changedFiles().size() == 1 ? " file)" : " files)");
    }
}
