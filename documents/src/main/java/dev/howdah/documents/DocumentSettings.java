package dev.howdah.documents;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.Map;

/**
 * How large documents and requests may be, and how long changes are kept.
 *
 * @param documentMax bytes of one document as text
 * @param depthMax levels of objects and arrays in one document
 * @param batchMax documents or operations of one request
 * @param pageMax documents of one page
 * @param changesRetention how long changes can be read
 */
public record DocumentSettings(int documentMax, int depthMax, int batchMax, int pageMax, Duration changesRetention) {
    public static final Setting<Integer> DOCUMENT_MAX = Setting.integer("howdah.documents.document-max", 16 << 20, 100,
            64 << 20, "Bytes of one document as JSON text. A collection can have a limit of its own.");
    public static final Setting<Integer> DEPTH_MAX = Setting.integer("howdah.documents.depth-max", 100, 1, 400,
            "Levels of objects and arrays in one document.");
    public static final Setting<Integer> BATCH_MAX = Setting.integer("howdah.documents.batch-max", 100_000, 1,
            1_000_000, "Documents or operations of one request.");
    public static final Setting<Integer> PAGE_MAX = Setting.integer("howdah.documents.page-max", 1000, 1, 10_000,
            "Documents of one page.");
    public static final Setting<Duration> CHANGES_RETENTION = Setting.duration("howdah.documents.changes-retention",
            "7d", "How long changes of documents can be read. A collection can have a time of its own.");

    /** The defaults. */
    public static DocumentSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static DocumentSettings from(Configuration configuration) {
        return new DocumentSettings(configuration.get(DOCUMENT_MAX), configuration.get(DEPTH_MAX),
                configuration.get(BATCH_MAX), configuration.get(PAGE_MAX), configuration.get(CHANGES_RETENTION));
    }
}
