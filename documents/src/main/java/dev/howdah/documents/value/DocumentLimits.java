package dev.howdah.documents.value;

import dev.howdah.postgres.InvalidInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a document may measure.
 *
 * @param depthMax levels of objects and arrays; 1 to 400, because the parser ends at 500
 * @param bytesMax its canonical JSON in UTF-8; 1 to 64 MiB
 */
public record DocumentLimits(int depthMax, int bytesMax) {
    /** MongoDB's: 100 levels, 16 MiB. */
    public static final DocumentLimits DEFAULT = new DocumentLimits(100, 16 << 20);

    /** @throws InvalidInputException if a limit is out of its bounds */
    public DocumentLimits {
        var faults = new ArrayList<InvalidInputException.Fault>();
        check(faults, "depthMax", depthMax, 400);
        check(faults, "bytesMax", bytesMax, 64 << 20);
        if (!faults.isEmpty()) {
            throw new InvalidInputException("document-limits-invalid", faults);
        }
    }

    private static void check(List<InvalidInputException.Fault> faults, String field, int value, int max) {
        if (value < 1 || value > max) {
            faults.add(new InvalidInputException.Fault(field, "is " + value, "use 1 to " + max));
        }
    }
}
