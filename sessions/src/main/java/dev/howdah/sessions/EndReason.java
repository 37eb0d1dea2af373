package dev.howdah.sessions;

/** Why a session ended: by its client, by somebody else, for a newer one of its user, or by time. */
public enum EndReason {
    DELETED, REVOKED, DISPLACED, EXPIRED
}
