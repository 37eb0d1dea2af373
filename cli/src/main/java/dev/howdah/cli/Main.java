package dev.howdah.cli;

import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.server.HowdahServer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The {@code howdah} command. Exit codes: 0 done, 1 failed, 2 wrong usage, input or configuration, 3 not reachable, 4 not
 * found.
 */
@Command(name = "howdah", mixinStandardHelpOptions = true, versionProvider = Main.Version.class, description = "Everything an AI-agent backend keeps, on one PostgreSQL.", subcommands = {
        UpCommand.class, DemoCommand.class, WorkerCommand.class, NotifyCommand.class,
        RelationshipsCommand.class, KnowledgeCommand.class, DocumentsCommand.class, TasksCommand.class,
        QueuesCommand.class, SchedulesCommand.class, CacheCommand.class, SessionsCommand.class,
        WorkflowCommand.class, ExecutionCommand.class, SkillsCommand.class, AgentCommand.class, ModelsCommand.class,
        DigestCommand.class, ImportCommand.class, ImportsCommand.class,
        MigrateCommand.class, BackupCommand.class, BackupsCommand.class, RestoreCommand.class, VerifyCommand.class,
        DrillCommand.class, PitrCommand.class, DoctorCommand.class, ExplainCommand.class, DatabaseCommand.class,
        ReplicasCommand.class, SlowQueriesCommand.class, ServicesCommand.class,
        InfraCommand.class, ConfigCommand.class, RehearseCommand.class})
public final class Main {
    static final int FAILED = 1;
    static final int INVALID = 2;
    static final int UNAVAILABLE = 3;
    static final int NOT_FOUND = 4;

    private Main() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExpandAtFiles(false)
                .setExecutionExceptionHandler((e, commandLine, parsed) -> {
                    commandLine.getErr().println(Ansi.AUTO.string("@|bold,red howdah:|@ ") + message(e));
                    if (!(e instanceof HowdahException)) {
                        e.printStackTrace(commandLine.getErr()); // not foreseen: whoever reports it needs the trace
                    }
                    return exitCode(e);
                });
    }

    /** For a command that has only verbs: says which. */
    static int usage(CommandSpec spec) {
        spec.commandLine().usage(spec.commandLine().getErr());
        return INVALID;
    }

    private static String message(Exception e) {
        return e instanceof HowdahException ? String.valueOf(e.getMessage()) : "this should not happen: " + e;
    }

    private static int exitCode(Exception e) {
        return switch (e) {
            case InvalidInputException _,ConfigurationException _ -> INVALID;
            case UnavailableException _ -> UNAVAILABLE;
            case NotFoundException _ -> NOT_FOUND;
            default -> FAILED;
        };
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[]{"howdah " + HowdahServer.version()};
        }
    }
}
