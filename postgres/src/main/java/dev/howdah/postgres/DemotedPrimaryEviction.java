package dev.howdah.postgres;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;

/** A write refused as read-only (25006) means that the server was demoted: the connection leads to the wrong one. */
final class DemotedPrimaryEviction implements SQLExceptionOverride {
    static final String READ_ONLY = "25006";

    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException e) {
        return READ_ONLY.equals(e.getSQLState())
                ? SQLExceptionOverride.Override.MUST_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }
}
