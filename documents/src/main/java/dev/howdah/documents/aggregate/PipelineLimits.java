package dev.howdah.documents.aggregate;

import dev.howdah.postgres.InvalidInputException;

/**
 * What an aggregation may take.
 *
 * @param stagesMax stages, those of facets included; 1 to 1,000
 * @param bytesMax memory for what a stage has to keep (groups, sorts, facets, lookups), estimated; 1 KiB to 4 GiB
 */
public record PipelineLimits(int stagesMax, long bytesMax) {
    /** 100 stages, 100 MiB: MongoDB's limit of a stage. */
    public static final PipelineLimits DEFAULT = new PipelineLimits(100, 100L << 20);

    /** @throws InvalidInputException {@code pipeline-limits-invalid} */
    public PipelineLimits {
        if (stagesMax < 1 || stagesMax > 1_000) {
            throw new InvalidInputException("pipeline-limits-invalid", "stagesMax", "is " + stagesMax, "use 1 to 1000");
        }
        if (bytesMax < 1024 || bytesMax > 4L << 30) {
            throw new InvalidInputException("pipeline-limits-invalid", "bytesMax", "is " + bytesMax,
                    "use 1 KiB to 4 GiB");
        }
    }
}
