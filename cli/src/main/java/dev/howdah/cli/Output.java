package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Prints an answer for people, or as JSON for programs. */
final class Output {
    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    boolean isJson() {
        return json;
    }

    /** For people, unless JSON was asked for. */
    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    int print(JsonNode answer, Consumer<PrintWriter> forPeople) {
        if (json) {
            out().println(answer.toPrettyString());
        } else {
            forPeople.accept(out());
        }
        out().flush();
        return 0;
    }
}
