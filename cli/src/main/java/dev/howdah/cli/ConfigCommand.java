package dev.howdah.cli;

import dev.howdah.postgres.Configuration.Effective;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every setting, its value, and where that comes from. */
@Command(name = "config", mixinStandardHelpOptions = true, description = "Shows every setting in force and where it comes from; secrets are not shown.")
final class ConfigCommand implements Callable<Integer> {
    @Mixin
    private Settings settings = new Settings();
    @Mixin
    private Output output = new Output();
    @Option(names = "--reference", description = "Prints the reference of all settings as Markdown instead.")
    private boolean reference;

    @Override
    public Integer call() {
        var effective = settings.load().effective();
        return output.print(json(effective), out -> {
            if (reference) {
                reference(effective, out);
            } else {
                var table = new Table("SETTING", "VALUE", "FROM");
                effective.forEach(e -> table.add(e.setting().name(), e.text(), e.source()));
                table.print(out);
            }
        });
    }

    private static JsonNode json(Collection<Effective> effective) {
        var array = JsonMapper.shared().createArrayNode();
        effective.forEach(e -> array.addObject().put("setting", e.setting().name()).put("value", e.text())
                .put("from", e.source()).put("variable", e.setting().variable())
                .put("description", e.setting().description()));
        return array;
    }

    /** The text of docs/settings.md below its heading. */
    static void reference(Collection<Effective> effective, PrintWriter out) {
        out.println("| setting | variable | also | default | what it is |");
        out.println("|---|---|---|---|---|");
        effective.forEach(e -> {
            var setting = e.setting();
            out.println("| `" + setting.name() + "` | `" + setting.variable() + "` | "
                    + String.join(", ", setting.aliases().stream().map(alias -> "`" + alias + "`").toList()) + " | "
                    + (setting.defaultText().isEmpty() ? "" : "`" + setting.defaultText() + "`") + " | "
                    + setting.description() + " |");
        });
    }
}
