package dev.howdah.cli;

import dev.howdah.server.Howdah;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Runs tasks in a process of its own, until it is told to stop. */
@Command(name = "worker", mixinStandardHelpOptions = true, description = "Runs tasks, without serving. As many as you "
        + "like may run; a killed one's tasks are run again by another.")
final class WorkerCommand implements Callable<Integer> {
    private static final Duration NO_LIMIT = Duration.ofDays(365);

    @Mixin
    private Settings settings = new Settings();
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        Logging.showProgress();
        var loaded = settings.load();
        var running = Running.start();
        try (var howdah = Howdah.open(loaded)) {
            howdah.start(true);
            if (howdah.awaitStarted(NO_LIMIT)) {
                var out = spec.commandLine().getOut();
                out.println("The worker runs, up to " + loaded.queue().concurrency() + " tasks at once (Ctrl-C stops)");
                out.flush();
                running.await();
            }
        } finally {
            running.close();
        }
        return 0;
    }
}
