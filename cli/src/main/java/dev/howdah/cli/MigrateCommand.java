package dev.howdah.cli;

import dev.howdah.postgres.Migrator;
import dev.howdah.server.Howdah;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Brings the schema to a version and back. */
@Command(name = "migrate", mixinStandardHelpOptions = true, description = "Brings the schema to a version and back.")
final class MigrateCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration WAIT_FOR_DATABASE = Duration.ofSeconds(30);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        return Main.usage(spec);
    }

    @Command(name = "up", mixinStandardHelpOptions = true, description = "Applies the pending migrations.")
    Integer up(@Option(names = "--to", paramLabel = "N", description = "Only up to this version.") @Nullable Long to,
            @Option(names = "--dry-run", description = "Runs them and rolls back.") boolean dryRun,
            @Mixin Settings own, @Mixin Output print) {
        long target = to == null ? Long.MAX_VALUE : to;
        return with(own, migrator -> done(print, dryRun ? "would apply" : "applied",
                dryRun ? migrator.dryRunUp(target) : migrator.up(target)));
    }

    @Command(name = "down", mixinStandardHelpOptions = true, description = "Rolls back what was applied last; with the script stored when it was applied.")
    Integer down(@Parameters(paramLabel = "COUNT", defaultValue = "1", description = "How many (default 1).") int count,
            @Option(names = "--dry-run", description = "Runs them and rolls back.") boolean dryRun,
            @Mixin Settings own, @Mixin Output print) {
        return with(own, migrator -> done(print, dryRun ? "would roll back" : "rolled back",
                dryRun ? migrator.dryRunDown(count) : migrator.down(count)));
    }

    @Command(name = "down-to", mixinStandardHelpOptions = true, description = "Rolls back everything above a version; 0 rolls back everything.")
    Integer downTo(@Parameters(paramLabel = "VERSION", description = "What remains.") long version,
            @Mixin Settings own, @Mixin Output print) {
        return with(own, migrator -> done(print, "rolled back", migrator.downTo(version)));
    }

    @Command(name = "redo", mixinStandardHelpOptions = true, description = "Rolls back the last migration and applies it again.")
    Integer redo(@Mixin Settings own, @Mixin Output print) {
        return with(own, migrator -> done(print, "ran", migrator.redo()));
    }

    @Command(name = "status", mixinStandardHelpOptions = true, description = "Shows every migration and how it stands.")
    Integer status(@Mixin Settings own, @Mixin Output print) {
        return with(own, migrator -> {
            var status = migrator.status();
            var json = JSON.createObjectNode().put("version", status.version()).put("up_to_date", status.isUpToDate());
            var list = json.putArray("migrations");
            status.entries().forEach(entry -> list.addObject().put("version", entry.version())
                    .put("module", entry.module()).put("name", entry.name()).put("state", label(entry.state()))
                    .put("reversible", entry.reversible())
                    .put("applied_at", entry.appliedAt().map(Instant::toString).orElse(null)));
            return print.print(json, out -> {
                var table = new Table("VERSION", "MODULE", "NAME", "STATE", "APPLIED");
                status.entries().forEach(entry -> table.add(Long.toString(entry.version()), entry.module(),
                        entry.name(), label(entry.state()), entry.appliedAt().map(Instant::toString).orElse("-")));
                table.print(out);
            });
        });
    }

    @Command(name = "validate", mixinStandardHelpOptions = true, description = "Checks the history against the files: "
            + "edited ones, interrupted ones, missing down scripts. Exit code 1 if something is wrong.")
    Integer validate(@Mixin Settings own, @Mixin Output print) {
        return with(own, migrator -> {
            var problems = migrator.validate();
            print.print(array(problems), out -> {
                problems.forEach(out::println);
                if (problems.isEmpty()) {
                    out.println("the history and the files agree");
                }
            });
            return problems.isEmpty() ? 0 : Main.FAILED;
        });
    }

    @Command(name = "repair", mixinStandardHelpOptions = true, description = "Records the files as they are now for what was applied.")
    Integer repair(@Mixin Settings own, @Mixin Output print) {
        return with(own, migrator -> recorded(print, "repaired", migrator.repair()));
    }

    @Command(name = "baseline", mixinStandardHelpOptions = true, description = "Records the migrations up to a version as applied, without running them.")
    Integer baseline(@Parameters(paramLabel = "VERSION", description = "The last one to record.") long version,
            @Mixin Settings own, @Mixin Output print) {
        return with(own, migrator -> recorded(print, "recorded", migrator.baseline(version)));
    }

    @Command(name = "plan", mixinStandardHelpOptions = true, description = "Shows what up would run, with the locks to think about.")
    Integer plan(@Option(names = "--to", paramLabel = "N", description = "Only up to this version.") @Nullable Long to,
            @Mixin Settings own, @Mixin Output print) {
        return with(own, migrator -> {
            var plan = migrator.plan(to == null ? Long.MAX_VALUE : to);
            var json = JSON.createArrayNode();
            plan.steps().forEach(step -> json.addObject().put("version", step.version()).put("module", step.module())
                    .put("name", step.name()).put("transactional", step.transactional()).put("sql", step.sql())
                    .set("notes", array(step.notes())));
            return print.print(json, out -> {
                plan.steps().forEach(step -> {
                    out.println(TriageText.bold("-- " + step.version() + " " + step.module() + "/" + step.name()));
                    step.notes().forEach(note -> out.println("-- note: " + note));
                    out.println(step.sql());
                });
                if (plan.steps().isEmpty()) {
                    out.println("nothing is pending");
                }
            });
        });
    }

    private static int with(Settings settings, ToIntFunction<Migrator> work) {
        try (var howdah = Howdah.open(settings.load())) {
            howdah.database().awaitReady(WAIT_FOR_DATABASE);
            return work.applyAsInt(howdah.migrator());
        }
    }

    private static int done(Output print, String verb, List<Migrator.Done> done) {
        var json = JSON.createArrayNode();
        done.forEach(one -> json.addObject().put("version", one.version()).put("module", one.module())
                .put("name", one.name()).put("duration_ms", one.duration().toMillis()));
        return print.print(json, out -> {
            done.forEach(one -> out.println(verb + " " + one.version() + " " + one.module() + "/" + one.name() + " in "
                    + one.duration().toMillis() + " ms"));
            if (done.isEmpty()) {
                out.println("nothing to do");
            }
        });
    }

    private static int recorded(Output print, String verb, List<String> files) {
        return print.print(array(files), out -> {
            files.forEach(file -> out.println(verb + " " + file));
            if (files.isEmpty()) {
                out.println("nothing to do");
            }
        });
    }

    private static tools.jackson.databind.node.ArrayNode array(List<String> texts) {
        var array = JSON.createArrayNode();
        texts.forEach(array::add);
        return array;
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
