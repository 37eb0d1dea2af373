package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What was imported. */
@Command(name = "imports", mixinStandardHelpOptions = true, description = "Lists and shows imports from Redis, MongoDB and JSON.", subcommands = {
        ImportsCommand.ListCommand.class, ImportsCommand.ShowCommand.class})
final class ImportsCommand implements Callable<Integer> {
    private static final String PATH = "/api/imports";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists imports, newest first.")
    static final class ListCommand extends PageCommand {
        ListCommand() {
            super("ID", "STATE", "FROM", "TO", "READ", "WRITTEN", "REJECTED", "STARTED");
        }

        @Override
        Query query() {
            return new Query(PATH);
        }

        @Override
        String[] cells(JsonNode item) {
            var report = item.path("report");
            return row(text(item, "id"), text(item, "state"), text(item, "source"), text(item, "target"), text(report,
                    "read"), text(report, "written"), text(report, "rejected"), text(item, "started_at"));
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows what an import has found and done.")
    static final class ShowCommand extends OneCommand {
        ShowCommand() {
            super(PATH + "/");
        }

        @Override
        JsonNode ask(Api server, String path) {
            return server.get(path);
        }

        @Override
        void print(JsonNode answer, PrintWriter out) {
            out.println(
                    answer.path("state").asString() + ": " + answer.path("source").asString() + " -> " + answer.path(
                            "target").asString());
            if (answer.path("error").isString()) {
                out.println(answer.path("error").asString());
            }
            ImportText.print(answer.path("report"), out);
        }
    }
}
