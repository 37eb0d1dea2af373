package dev.howdah.knowledge.scan;

import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;

/**
 * Analyses a Git repository at its HEAD by rules, without a model and without a network. Files are read one by one from the
 * object database; what is kept of each is bounded, so that memory does not grow with the repository's bytes. Symbolic
 * links are not followed and submodules are only listed.
 *
 * <pre>{@code
 * var analysis = RepositoryScan.scan(Path.of("."), ScanOptions.defaults(), ScanProgress.NONE);
 * }</pre>
 */
public final class RepositoryScan {
    private RepositoryScan() {}

    /**
     * Scans the repository of a directory: the top of a clone, its {@code .git}, or a bare repository. One without a commit gives
     * an analysis without findings.
     *
     * @throws dev.howdah.postgres.NotFoundException {@code scan-path-not-found}, if there is nothing at the path
     * @throws dev.howdah.postgres.InvalidInputException {@code not-a-git-repository}, if it is none
     * @throws UnavailableException {@code repository-unreadable}, if its objects cannot be read
     * @throws CancellationException if the progress said not to go on
     */
    public static Analysis scan(Path path, ScanOptions options, ScanProgress progress) {
        try (var git = GitHead.open(path)) {
            var findings = new Findings(options);
            var reader = new TreeReader(git, options, findings);
            reader.read(progress);
            return findings.analysis(git.head(), reader);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static HowdahException unreadable(Path path, IOException cause) {
        return new UnavailableException("repository-unreadable",
                "the repository at " + path + " cannot be read: " + cause.getMessage(), "check it with: git fsck",
                cause);
    }
}
