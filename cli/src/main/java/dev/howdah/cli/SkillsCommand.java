package dev.howdah.cli;

import dev.howdah.postgres.InvalidInputException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What the server's agent can do. */
@Command(name = "skills", mixinStandardHelpOptions = true, description = "Lists, shows and runs the agent's skills.", subcommands = {
        SkillsCommand.ListCommand.class, SkillsCommand.ShowCommand.class,
        SkillsCommand.RunCommand.class, SkillsCommand.StartCommand.class})
final class SkillsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the skills.")
    static final class ListCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Option(names = "--category", description = "event, query, action or management.")
        private @Nullable String category;

        @Override
        public Integer call() {
            var skills = api.get("/a2a/skills" + (category == null ? "" : "?category=" + Api.encode(category)));
            return output.print(skills, out -> print(skills, out));
        }

        private static void print(JsonNode skills, PrintWriter out) {
            var table = new Table("NAME", "CATEGORY", "KEY", "WHAT IT DOES");
            skills.path("skills").forEach(skill -> table.add(skill.path("name").asString(),
                    skill.path("category").asString(), skill.path("requires_auth").asBoolean() ? "needed" : "-",
                    skill.path("description").asString()));
            table.print(out);
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a skill with its schemas.")
    static final class ShowCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(paramLabel = "NAME", description = "The skill.")
        private String name = "";

        @Override
        public Integer call() {
            var skill = api.get("/.well-known/agent-card.json").path("skills").valueStream()
                    .filter(s -> s.path("name").asString().equals(name)).findFirst()
                    .orElseThrow(() -> new InvalidInputException("skill-unknown", "NAME", "there is no skill \"" + name
                            + "\"", "see: howdah skills list"));
            return output.print(skill, out -> out.println(skill.toPrettyString()));
        }
    }

    @Command(name = "run", mixinStandardHelpOptions = true, description = "Runs a skill and prints its answer as JSON.")
    static final class RunCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Parameters(index = "0", paramLabel = "NAME", description = "The skill.")
        private String name = "";
        @Parameters(index = "1", paramLabel = "INPUT", defaultValue = "{}", description = "JSON, @FILE, or - for standard input (default {}).")
        private String input = "{}";
        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            var out = spec.commandLine().getOut();
            out.println(api.execute(name, Json.argument("INPUT", input)).toPrettyString());
            out.flush();
            return 0;
        }
    }

    @Command(name = "start", mixinStandardHelpOptions = true, description = "Has a skill run as a durable task and prints its id, or follows it. With --wait, exit code 1 if it does not complete.")
    static final class StartCommand implements Callable<Integer> {
        @Mixin
        private Api api = new Api();
        @Mixin
        private Output output = new Output();
        @Parameters(index = "0", paramLabel = "NAME", description = "The skill.")
        private String name = "";
        @Parameters(index = "1", paramLabel = "INPUT", defaultValue = "{}", description = "JSON, @FILE, or - for standard input (default {}).")
        private String input = "{}";
        @Option(names = "--wait", description = "Follows it until it has ended or asks for something.")
        private boolean waits;

        @Override
        public Integer call() throws InterruptedException {
            var task = api.post("/api/skills/" + Api.encode(name) + "/tasks", Json.argument("INPUT", input));
            if (waits) {
                return AgentCommand.watch(api, output, task.path("id").asString());
            }
            return output.print(task, out -> out.println(task.path("id").asString()));
        }
    }
}
