package dev.howdah.sessions;

/**
 * A session that was made just now.
 *
 * @param id for the client; it can be had this once only
 * @param session the session
 */
public record CreatedSession(SessionId id, Session session) {}
