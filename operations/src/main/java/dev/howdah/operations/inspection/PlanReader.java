package dev.howdah.operations.inspection;

import dev.howdah.operations.inspection.PlanAdvice.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads what stands out in a plan. Which index would help a scan is told only where its filter compares columns with values, or
 * its rows are sorted by columns: those that are compared by {@code =} come first, then one that is compared otherwise, or those of
 * the order. What does more (functions, OR, joins) is left to the reader.
 */
final class PlanReader {
    private static final long LARGE_ROWS = 10_000;
    private static final double MISESTIMATED = 10;
    private static final double MISESTIMATED_ROWS = 100;
    /** An index for more than this part of a table is slower than reading it. */
    private static final double SELECTIVE = 0.2;
    private static final int INDEX_COLUMNS_MAX = 3;
    /** As the server prints {@code (name = 'x'::text)} and {@code ((name)::text = $1)}. */
    private static final Pattern COMPARISON = Pattern.compile(
            "\\(\\(?(?:\\w+\\.)?(\\w+|\"[^\"]+\")(?:\\)::[\\w ]+)? (=|<|>|<=|>=) (?!\\w+\\.)[^()]*\\)");
    private static final Pattern SORT_KEY = Pattern.compile("(?:\\w+\\.)?(\\w+|\"[^\"]+\")( DESC)?");

    private final Map<String, Long> liveRows;
    private final List<PlanAdvice> advice = new ArrayList<>();

    private PlanReader(Map<String, Long> liveRows) {
        this.liveRows = liveRows;
    }

    /** In the order of the plan; {@code liveRows} has the estimated rows of the tables in it. */
    static List<PlanAdvice> read(PlanNode plan, Map<String, Long> liveRows) {
        var reader = new PlanReader(liveRows);
        reader.read(plan, List.of());
        return reader.advice;
    }

    private void read(PlanNode node, List<String> sortKey) {
        scan(node, sortKey);
        estimate(node);
        spill(node);
        var order = node.type().equals("Sort")
                ? node.json().path("Sort Key").valueStream().map(key -> key.asString()).toList()
                : node.type().startsWith("Gather") || node.type().equals("Limit") ? sortKey : List.<String>of();
        node.children().forEach(child -> read(child, order));
    }

    private void scan(PlanNode node, List<String> sortKey) {
        if (!node.type().equals("Seq Scan") || node.relation().isEmpty()) {
            return;
        }
        var table = node.relation().get();
        long rows = liveRows.getOrDefault(table, 0L);
        if (rows < LARGE_ROWS) {
            return;
        }
        double kept = node.actualRows().orElse(node.plannedRows());
        var filter = node.text("Filter");
        boolean isSelective = filter.isPresent() && kept <= rows * SELECTIVE;
        var fix = isSelective || (filter.isEmpty() && !sortKey.isEmpty())
                ? index(table, filter.orElse(""), sortKey)
                : Optional.<String>empty();
        advice.add(new PlanAdvice(Kind.SEQUENTIAL_SCAN, "reads all of " + table + ", about " + "%,d".formatted(rows)
                + " rows, " + filter.map(condition -> "to keep " + "%,.0f".formatted(kept) + " where " + condition)
                        .orElse("without a condition")
                + (filter.isPresent() && !isSelective ? "; so many are kept that an index would not help" : ""), fix));
    }

    /** Only a filter that is nothing but comparisons joined by AND is understood. */
    private static Optional<String> index(String table, String filter, List<String> sortKey) {
        if (filter.contains(" OR ")) {
            return Optional.empty();
        }
        var equal = new LinkedHashSet<String>();
        var ranges = new LinkedHashSet<String>();
        COMPARISON.matcher(filter).results().forEach(match -> (match.group(2).equals("=") ? equal : ranges)
                .add(match.group(1)));
        ranges.removeAll(equal);
        var columns = new LinkedHashSet<>(equal);
        if (ranges.isEmpty()) {
            addSorted(columns, sortKey);
        } else {
            columns.add(ranges.getFirst());
        }
        return columns.isEmpty()
                ? Optional.empty()
                : Optional.of("CREATE INDEX CONCURRENTLY ON " + quoted(table) + " ("
                        + String.join(", ", columns.stream().limit(INDEX_COLUMNS_MAX).toList()) + ");");
    }

    private static void addSorted(Set<String> columns, List<String> sortKey) {
        for (var key : sortKey) {
            var match = SORT_KEY.matcher(key);
            if (!match.matches()) {
                return;
            }
            columns.add(match.group(1) + (match.group(2) == null ? "" : match.group(2)));
        }
    }

    private void estimate(PlanNode node) {
        if (!node.isRun() || node.actualRows().isEmpty()) {
            return;
        }
        double actual = Math.max(1, node.actualRows().getAsDouble());
        double planned = Math.max(1, node.plannedRows());
        double factor = Math.max(actual / planned, planned / actual);
        if (factor >= MISESTIMATED && Math.abs(actual - planned) >= MISESTIMATED_ROWS) {
            advice.add(new PlanAdvice(Kind.MISESTIMATE, String.format(Locale.ROOT,
                    "%s%s: %,.0f rows expected, %,.0f found, %.0f times %s", node.type(),
                    node.relation().map(name -> " on "
                            + name).orElse(""),
                    planned, actual, factor, actual > planned ? "as many" : "fewer"),
                    node.relation().map(name -> "ANALYZE " + quoted(name) + ";")));
        }
    }

    private void spill(PlanNode node) {
        if (node.text("Sort Space Type").orElse("").equals("Disk")) {
            spilled("a sort by " + node.json().path("Sort Key"), node.json().path("Sort Space Used").asLong());
        }
        if (node.json().path("Hash Batches").asInt(1) > 1) {
            spilled("a hash table in " + node.json().path("Hash Batches").asInt() + " parts",
                    node.json().path("Hash Batches").asLong() * node.json().path("Peak Memory Usage").asLong());
        }
    }

    private void spilled(String what, long kibibytes) {
        advice.add(new PlanAdvice(Kind.SPILL, what + " took " + "%,d".formatted(kibibytes)
                + " KiB on disk, because it did not fit into work_mem",
                Optional.of("SET work_mem = '" + Math.max(1, kibibytes * 3 / 1024 + 1) + "MB';")));
    }

    private static String quoted(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
