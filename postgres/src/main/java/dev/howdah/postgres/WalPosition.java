package dev.howdah.postgres;

import java.util.Locale;

/** Positions in the write-ahead log as numbers without sign: what PostgreSQL writes as {@code 16/B374D848}. */
final class WalPosition {
    private static final int SHORT_HEADER = 24;
    private static final int LONG_HEADER = 40;
    private static final int TIMELINE_DIGITS = 8;

    private WalPosition() {}

    /** Reads the form of {@code pg_lsn}. */
    static long parse(String text) {
        int slash = text.indexOf('/');
        return Long.parseLong(text.substring(0, slash), 16) << 32 | Long.parseLong(text.substring(slash + 1), 16);
    }

    /** The form of {@code pg_lsn}. */
    static String format(long position) {
        return String.format(Locale.ROOT, "%X/%X", position >>> 32, position & 0xFFFF_FFFFL);
    }

    /**
     * The end of the last record, given where the next one will be inserted. They differ at the border of a page: the next
     * record begins behind the page's header, which a standby reaches only with that record. Whoever waited for it would wait
     * for somebody's next write.
     *
     * @param insert of {@code pg_current_wal_insert_lsn()}
     * @param pageBytes size of a page of the log
     * @param segmentBytes size of its files; the first page of each has a longer header
     */
    static long endOf(long insert, long pageBytes, long segmentBytes) {
        long inPage = Long.remainderUnsigned(insert, pageBytes);
        if (inPage == LONG_HEADER && Long.remainderUnsigned(insert, segmentBytes) == LONG_HEADER) {
            return insert - LONG_HEADER;
        }
        return inPage == SHORT_HEADER ? insert - SHORT_HEADER : insert;
    }

    /** The timeline that the name of a file of the log begins with. */
    static int timelineOf(String walFile) {
        return Integer.parseUnsignedInt(walFile.substring(0, TIMELINE_DIGITS), 16);
    }
}
