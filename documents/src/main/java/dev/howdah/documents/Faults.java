package dev.howdah.documents;

import dev.howdah.documents.value.DocumentIds;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.LimitExceededException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** What the database refuses, in our words. */
final class Faults {
    private static final String UNIQUE = "23505";
    private static final String NO_PARTITION = "23514";
    private static final String NO_TABLE = "42P01";
    private static final String TOO_LARGE = "54000";
    private static final String DEADLOCK = "40P01";
    private static final String SERIALIZATION = "40001";
    private static final Pattern VALUE = Pattern.compile("\\)=\\((.*)\\)", Pattern.DOTALL);
    private static final Pattern PARTITION = Pattern.compile("documents_\\d");
    private static final Pattern PRIMARY_KEY = Pattern.compile("documents_\\d+_pkey");
    private static final int SHOWN_MAX = 200;

    private Faults() {}

    /** Runs the work; what it fails with is told in our words where we have some. */
    static <T> T translated(String collection, Supplier<T> work) {
        try {
            return work.get();
        } catch (JdbiException e) {
            throw translate(e, collection).map(RuntimeException.class::cast).orElse(e);
        }
    }

    private static Optional<HowdahException> translate(JdbiException e, String collection) {
        var error = find(e);
        if (error == null || error.getServerErrorMessage() == null) {
            return Optional.empty();
        }
        var message = error.getServerErrorMessage();
        var constraint = Optional.ofNullable(message.getConstraint()).orElse("");
        return switch (String.valueOf(error.getSQLState())) {
            case UNIQUE -> Optional.of(duplicate(collection, constraint, value(message.getDetail())));
            case NO_PARTITION -> constraint.isEmpty()
                    ? Optional.of(Catalogue.unknown(collection))
                    : Optional.empty();
            case NO_TABLE -> PARTITION.matcher(String.valueOf(message.getMessage())).find()
                    ? Optional.of(Catalogue.unknown(collection)) // dropped a moment ago
                    : Optional.empty();
            case TOO_LARGE -> Optional.of(new LimitExceededException("document-value-too-large",
                    "a value is too large for PostgreSQL: " + shown(String.valueOf(message.getMessage())),
                    "make strings shorter, or drop the index on them"));
            case DEADLOCK, SERIALIZATION -> Optional.of(new ConflictException("documents-contended",
                    "another transaction wrote the same documents at the same time", "try again"));
            default -> Optional.empty();
        };
    }

    private static ConflictException duplicate(String collection, String constraint, String value) {
        if (PRIMARY_KEY.matcher(constraint).matches()) {
            return exists(collection, value.replaceFirst("^\\d+, ", ""));
        }
        return new ConflictException("unique-index-violated", "another document of \"" + collection
                + "\" has the value " + shown(value) + " in the unique index "
                + Indexes.declaredName(constraint),
                "use another value, or change the other document");
    }

    static ConflictException exists(String collection, String id) {
        return new ConflictException("document-exists", "collection \"" + collection
                + "\" has a document with the _id " + shown(DocumentIds.toValue(id).toString()) + " already",
                "use another _id, or replace the document");
    }

    private static String value(@Nullable String detail) {
        var matcher = VALUE.matcher(String.valueOf(detail));
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String shown(String value) {
        return value.length() <= SHOWN_MAX ? value : value.substring(0, SHOWN_MAX) + "…";
    }

    private static @Nullable PSQLException find(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof PSQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
