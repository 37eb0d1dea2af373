package dev.howdah.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What was put off because it is not urgent. */
@Command(name = "digest", mixinStandardHelpOptions = true, description = "Shows changes of low urgency of the last days, by repository.")
final class DigestCommand implements Callable<Integer> {
    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();
    @Option(names = "--days", defaultValue = "7", description = "How far to look back (default ${DEFAULT-VALUE}).")
    private int days = 7;

    @Override
    public Integer call() {
        var digest = api.get("/api/digest?days=" + days);
        return output.print(digest, out -> {
            out.println(digest.path("entries").asInt() + " changes of low urgency since "
                    + digest.path("since").asString());
            digest.path("repositories").forEachEntry((repository, entries) -> {
                out.println(TriageText.bold(repository));
                var table = new Table("  CREATED", "TITLE", "TASK");
                entries.forEach(entry -> table.add("  " + entry.path("created_at").asString(""),
                        entry.path("title").asString(""), entry.path("task_id").asString("")));
                table.print(out);
            });
        });
    }
}
