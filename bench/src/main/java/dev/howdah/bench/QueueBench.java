package dev.howdah.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every row of a benchmark against its peers in the same run. */
final class QueueBench {
    private final BenchOptions options;
    private final List<Section> sections;

    QueueBench(BenchOptions options, List<Section> sections) {
        this.options = options;
        this.sections = sections;
    }

    List<Row> run() {
        var rows = new ArrayList<Row>();
        for (var section : sections) {
            if (!options.includes(section.rows())) {
                continue;
            }
            if (section.isExpensive() && options.leavesOutExpensive()) {
                say("left out with --quick (name it with --only): " + section.rows().getFirst());
                continue;
            }
            long begin = System.nanoTime();
            var measured = section.contest().get().run(options.repetitions());
            rows.addAll(measured);
            say(String.format(Locale.ROOT, "%s (%.0f s)", section.rows().getFirst(),
                    (System.nanoTime() - begin) / 1e9));
            measured.forEach(row -> say("  " + row.toText())); // a run that is ended early has told something, too
        }
        return rows.stream().filter(row -> options.includes(List.of(row.row()))).toList();
    }

    private static void say(String text) {
        System.err.println("howdah: " + text);
    }
}
