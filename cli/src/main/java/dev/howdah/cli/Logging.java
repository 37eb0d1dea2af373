package dev.howdah.cli;

import org.slf4j.LoggerFactory;

/** How much is logged; decided before the first logger is made. */
final class Logging {
    private static final String LEVEL = "howdah.log.level";

    private Logging() {}

    /** For commands that run on: their progress, unless HOWDAH_LOG_LEVEL says otherwise. */
    static void showProgress() {
        if (System.getenv("HOWDAH_LOG_LEVEL") == null && System.getProperty(LEVEL) == null) {
            System.setProperty(LEVEL, "INFO");
        }
        // Set up here, by one thread: a start logs from several, and SLF4J would complain.
        LoggerFactory.getLogger(Logging.class).trace("Logging is set up");
    }
}
