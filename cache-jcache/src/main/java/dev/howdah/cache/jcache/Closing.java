package dev.howdah.cache.jcache;

import java.io.Closeable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what users have given, if it can be closed. */
final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    static void close(Object given) {
        if (given instanceof Closeable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                LOG.warn("A {} could not be closed", given.getClass().getName(), e);
            }
        }
    }
}
