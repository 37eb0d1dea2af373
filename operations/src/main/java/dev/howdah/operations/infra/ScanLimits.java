package dev.howdah.operations.infra;

/**
 * How much a scan looks at.
 *
 * @param filesMax files of the tree
 * @param fileBytesMax bytes of a file; a larger one is left out
 * @param findingsMax findings that are kept
 */
public record ScanLimits(int filesMax, int fileBytesMax, int findingsMax) {
    /** 200,000 files of at most 1 MiB, 10,000 findings. */
    public static final ScanLimits DEFAULT = new ScanLimits(200_000, 1 << 20, 10_000);
}
