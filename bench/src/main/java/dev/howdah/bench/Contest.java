package dev.howdah.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What several can do, measured by turns, so that the machine's noise meets all of them; medians. The first one is ours. A
 * measurement answers a value for each row.
 */
final class Contest {
    private final List<String> rows;
    private final String unit;
    private final boolean lowerIsBetter;
    private final List<Entrant> entrants = new ArrayList<>();

    private String bench = "queue";
    private Runnable afterwards = () -> {};

    private record Entrant(String name, double goal, Supplier<double[]> measure) {}

    Contest(String unit, boolean lowerIsBetter, String... rows) {
        this.rows = List.of(rows);
        this.unit = unit;
        this.lowerIsBetter = lowerIsBetter;
    }

    /** Of which benchmark its rows are. */
    Contest in(String name) {
        bench = name;
        return this;
    }

    Contest ours(Supplier<double[]> measure) {
        entrants.addFirst(new Entrant("howdah", 1, measure));
        return this;
    }

    /**
     * Ours is compared with it.
     *
     * @param goal the ratio of ours to it that is aimed at
     */
    Contest against(String name, double goal, Supplier<double[]> measure) {
        entrants.add(new Entrant(name, goal, measure));
        return this;
    }

    /** What has to be cleaned up at the end. */
    Contest afterwards(Runnable action) {
        afterwards = action;
        return this;
    }

    /** The rows that were named and whose measurements worked; the others are named on stderr. */
    List<Row> run(int repetitions) {
        if (entrants.isEmpty()) {
            return List.of(); // nothing to measure on was found, which was said already
        }
        var values = new LinkedHashMap<Entrant, List<double[]>>();
        var failed = new HashSet<Entrant>();
        for (int i = 0; i < repetitions; i++) {
            for (var entrant : entrants) {
                measure(entrant, values, failed);
            }
        }
        afterwards.run();
        var ours = entrants.getFirst();
        if (failed.contains(ours)) {
            return List.of();
        }
        return entrants.stream().skip(1).filter(entrant -> !failed.contains(entrant))
                .flatMap(entrant -> rows(entrant, medians(values.getOrDefault(ours, List.of())),
                        medians(values.getOrDefault(entrant, List.of()))))
                .sorted(Comparator.comparingInt(row -> rows.indexOf(row.row()))).toList();
    }

    private void measure(Entrant entrant, Map<Entrant, List<double[]>> values, Set<Entrant> failed) {
        if (failed.contains(entrant)) {
            return;
        }
        try {
            values.computeIfAbsent(entrant, key -> new ArrayList<>()).add(entrant.measure.get());
        } catch (RuntimeException e) {
            System.err.println("howdah: " + entrant.name + " is left out of \"" + rows.getFirst() + "\": " + e);
            failed.add(entrant);
        }
    }

    private Stream<Row> rows(Entrant entrant, double[] own, double[] their) {
        return IntStream.range(0, rows.size()).mapToObj(i -> new Row(bench, rows.get(i), own[i], unit, entrant.name,
                their[i], entrant.goal, lowerIsBetter));
    }

    /** Of each component. */
    private static double[] medians(List<double[]> values) {
        return IntStream.range(0, values.getFirst().length)
                .mapToDouble(i -> values.stream().mapToDouble(each -> each[i]).sorted()
                        .toArray()[values.size() / 2])
                .toArray();
    }
}
