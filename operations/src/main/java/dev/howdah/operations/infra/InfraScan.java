package dev.howdah.operations.infra;

import dev.howdah.operations.infra.InfraReport.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds what a code base still uses of data stores and cloud services: imports, dependencies, variables, settings, addresses,
 * images, resources and commands. Reads one file at a time and changes nothing; {@link InfraEdits} does.
 */
public final class InfraScan {
    private final Technologies technologies;
    private final ScanLimits limits;

    public InfraScan(Technologies technologies, ScanLimits limits) {
        this.technologies = technologies;
        this.limits = limits;
    }

    /**
     * Looks through a directory.
     *
     * @throws dev.howdah.postgres.NotFoundException if nothing is there
     * @throws dev.howdah.postgres.InvalidInputException if it is no directory
     */
    public InfraReport scan(Path path) {
        try {
            var root = SourceTree.root(path);
            var tree = new SourceTree(root, limits);
            var findings = new ArrayList<Finding>();
            tree.read((file, kind, text) -> findings.addAll(LineMatcher.read(technologies, file, kind, text)
                    .stream().limit(Math.max(0, limits.findingsMax() - findings.size() + 1L)).toList()));
            boolean isCut = findings.size() > limits.findingsMax();
            List<Finding> kept = isCut ? findings.subList(0, limits.findingsMax()) : findings;
            return new InfraReport(root, new Size(tree.filesRead(), tree.skipped()), kept.stream()
                    .sorted(Comparator.comparing(Finding::file).thenComparingInt(Finding::line)).toList(), isCut);
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + path, e);
        }
    }
}
