package dev.howdah.operations.imports;

import dev.howdah.operations.imports.ImportReport.Check;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Transaction;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * Compares what was read with what is there: each record that was written is read again, and its checksum compared with that of
 * what the source gave. Sums of both sides go into the report.
 */
final class Comparison {
    private static final int CHUNK = 1000;
    private static final int EXAMPLES_MAX = 5;
    /** What ends so soon may be gone on one side already. */
    private static final Duration MARGIN = Duration.ofSeconds(2);
    private static final String WORK_MEM = """
        SET LOCAL work_mem = '64MB'
        """;

    private final Database database;
    private final Targets targets;
    private final DatabaseClock clock;
    private final LongConsumer progress;
    private final List<Sums> sums = new ArrayList<>();
    private long compared;

    Comparison(Database database, Targets targets, DatabaseClock clock, LongConsumer progress) {
        this.database = database;
        this.targets = targets;
        this.clock = clock;
        this.progress = progress;
    }

    /** Of a target, while it is gone through. */
    private static final class Sums {
        private final String target;
        private final List<String> examples = new ArrayList<>();
        private long sourceCount;
        private long sourceSum;
        private long targetCount;
        private long targetSum;
        private long expired;

        Sums(String target) {
            this.target = target;
        }

        void differs(byte[] key, String how) {
            if (examples.size() < EXAMPLES_MAX) {
                examples.add(Masked.key(key) + " " + how);
            }
        }

        Check check() {
            return new Check(target, sourceCount, hex(sourceSum), targetCount, hex(targetSum), expired, examples);
        }

        private static String hex(long sum) {
            return String.format(Locale.ROOT, "%016x", sum);
        }
    }

    /** Compares all records of the import; on a connection of its own, since that may take minutes. */
    List<Check> run(UUID id) {
        database.useOwnConnection(connection -> {
            connection.setAutoCommit(false);
            try (var setting = connection.createStatement()) {
                setting.execute(WORK_MEM);
            }
            compare(connection, id);
            connection.rollback();
        });
        return sums.stream().map(Sums::check).toList();
    }

    private void compare(Connection connection, UUID id) throws SQLException {
        var tx = Transaction.joining(connection, _ -> {});
        try (var statement = connection.prepareStatement(ImportSql.RECORDS)) {
            statement.setObject(1, id);
            statement.setFetchSize(CHUNK);
            try (var rows = statement.executeQuery()) {
                var chunk = new ArrayList<ImportStore.Written>(CHUNK);
                while (rows.next()) {
                    var record = record(rows);
                    if (chunk.size() == CHUNK || (!chunk.isEmpty() && !chunk.getFirst().target().equals(record
                            .target()))) {
                        compare(tx, chunk);
                        chunk.clear();
                    }
                    chunk.add(record);
                }
                if (!chunk.isEmpty()) {
                    compare(tx, chunk);
                }
            }
        }
    }

    private static ImportStore.Written record(ResultSet row) throws SQLException {
        return new ImportStore.Written(row.getString(1), row.getBytes(2), row.getLong(3), Optional.ofNullable(
                row.getObject(4, OffsetDateTime.class)).map(OffsetDateTime::toInstant));
    }

    private void compare(Transaction tx, List<ImportStore.Written> records) {
        var target = records.getFirst().target();
        if (sums.isEmpty() || !sums.getLast().target.equals(target)) {
            sums.add(new Sums(target));
        }
        var kept = targets.sink(target).read(tx, records.stream().map(ImportStore.Written::key).toList());
        var soon = clock.now().plus(MARGIN);
        for (var record : records) {
            add(sums.getLast(), record, Optional.ofNullable(kept.get(HexFormat.of().formatHex(record.key()))), soon);
        }
        compared += records.size();
        progress.accept(compared);
    }

    private static void add(Sums sums, ImportStore.Written record, Optional<Sink.Kept> kept, Instant soon) {
        if (record.expiresAt().isPresent() && !record.expiresAt().get().isAfter(soon)) {
            sums.expired++;
            return;
        }
        sums.sourceCount++;
        sums.sourceSum += record.checksum();
        if (kept.isEmpty()) {
            sums.differs(record.key(), "is missing");
            return;
        }
        sums.targetCount++;
        sums.targetSum += kept.get().checksum();
        if (kept.get().checksum() != record.checksum()) {
            sums.differs(record.key(), "has another content");
        } else if (!kept.get().expiresAt().equals(record.expiresAt())) {
            sums.differs(record.key(), "ends at another time");
        }
    }
}
