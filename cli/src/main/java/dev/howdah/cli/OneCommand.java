package dev.howdah.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** What the verbs about one thing have in common. */
abstract class OneCommand implements Callable<Integer> {
    @Mixin
    private Api api = new Api();
    @Mixin
    private Output output = new Output();
    @Parameters(index = "0", paramLabel = "ID", description = "Its id.")
    private String id = "";

    private final String path;

    /** @param path where such things are, ending with a slash */
    OneCommand(String path) {
        this.path = path;
    }

    @Override
    public Integer call() throws InterruptedException {
        var answer = ask(api, path + Api.encode(id));
        return output.print(answer, out -> print(answer, out));
    }

    final Api api() {
        return api;
    }

    final Output output() {
        return output;
    }

    final String id() {
        return id;
    }

    /** Asks the server. */
    abstract JsonNode ask(Api server, String path);

    /** Shows the answer to people. */
    abstract void print(JsonNode answer, PrintWriter out);
}
