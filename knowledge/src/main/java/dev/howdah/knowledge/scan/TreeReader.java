package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Size;
import dev.howdah.knowledge.scan.Analysis.Skipped;
import dev.howdah.knowledge.scan.Analysis.Submodule;
import dev.howdah.knowledge.scan.Analysis.Warning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.errors.MissingObjectException;

/** Walks the tree, leaves out what is not worth reading, and hands on the rest within the limits. */
final class TreeReader {
    private static final int SUBMODULES_MAX = 1_000;
    private static final int WARNINGS_MAX = 500;
    private final GitHead git;
    private final ScanOptions options;
    private final Findings findings;
    private final Map<String, Integer> skipped = new TreeMap<>();
    private final List<Submodule> submodules = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();
    private int total;
    private int seen;
    private int filesRead;
    private long bytesRead;

    TreeReader(GitHead git, ScanOptions options, Findings findings) {
        this.git = git;
        this.options = options;
        this.findings = findings;
    }

    void read(ScanProgress progress) throws IOException {
        total = git.count();
        git.forEach(entry -> {
            tell(progress);
            if (seen >= options.filesMax()) {
                return false;
            }
            read(entry);
            seen++;
            return true;
        });
        tell(progress);
        if (seen < total) {
            skipped.put("beyond the limit of files", total - seen);
            warn("", "only the first " + seen + " of " + total + " files were looked at; raise the limit filesMax");
        }
        if (skipped.containsKey("beyond the limit of bytes")) {
            warn("", "the limit of " + options.totalBytesMax() + " bytes was reached and "
                    + skipped.get("beyond the limit of bytes") + " files were not read; raise the limit totalBytesMax");
        }
    }

    private void tell(ScanProgress progress) {
        if (!progress.isToContinue(seen, total)) {
            throw new CancellationException("the scan was cancelled after " + seen + " of " + total + " files");
        }
    }

    private void read(GitHead.Entry entry) throws IOException {
        switch (entry.kind()) {
            case SYMLINK -> skip("symbolic link");
            case SUBMODULE -> {
                skip("submodule");
                if (submodules.size() < SUBMODULES_MAX) {
                    submodules.add(new Submodule(entry.path(), entry.id().name()));
                }
            }
            case FILE -> readFile(entry);
        }
    }

    private void readFile(GitHead.Entry entry) throws IOException {
        var reason = FileRules.skipReason(entry.path());
        if (reason.isPresent()) {
            skip(reason.get());
            return;
        }
        try {
            long size = git.size(entry);
            if (size > options.fileBytesMax()) {
                skip("larger than the limit");
                warn(entry.path(), "has " + size + " bytes and was not read; the limit fileBytesMax is "
                        + options.fileBytesMax());
            } else if (bytesRead + size > options.totalBytesMax()) {
                skip("beyond the limit of bytes");
            } else {
                readText(entry);
            }
        } catch (MissingObjectException e) { // of a shallow or partial clone
            skip("missing");
            warn(entry.path(), "its content is not in the repository; fetch it with: git fetch --refetch");
        }
    }

    private void readText(GitHead.Entry entry) throws IOException {
        var bytes = git.bytes(entry, options.fileBytesMax());
        if (RawText.isBinary(bytes)) {
            skip("binary");
            return;
        }
        bytesRead += bytes.length;
        var file = SourceFile.of(entry.path(), bytes);
        var reason = FileRules.skipReason(file);
        if (reason.isPresent()) {
            skip(reason.get());
            findings.secrets(file);
        } else {
            filesRead++;
            findings.read(file, bytes.length);
        }
    }

    private void skip(String reason) {
        skipped.merge(reason, 1, Integer::sum);
    }

    private void warn(String path, String reason) {
        if (warnings.size() < WARNINGS_MAX) {
            warnings.add(new Warning(path, reason));
        }
    }

    Size size() {
        return new Size(total, filesRead, bytesRead, skipped.entrySet().stream()
                .map(entry -> new Skipped(entry.getKey(), entry.getValue())).toList());
    }

    List<Submodule> submodules() {
        return submodules.stream().sorted(Comparator.comparing(Submodule::path)).toList();
    }

    List<Warning> warnings() {
        return warnings;
    }
}
