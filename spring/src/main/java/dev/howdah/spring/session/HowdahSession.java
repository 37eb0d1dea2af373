package dev.howdah.spring.session;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.session.Session;

/**
 * A session of Howdah's as Spring Session sees it. Either one that was made or found by its id, which can be changed and saved; or one
 * of the list of a user's sessions, which shows what lists know of it: {@link #getId} is its handle then, it holds no attribute but its
 * user's name, and it cannot be changed, only ended. Not thread-safe; every request has one of its own.
 */
public sealed interface HowdahSession extends Session permits LiveSession, ListedSession {
    /** By what lists, operators and logs name it; gives no access to it. A new session is stored for it. */
    UUID handle();

    /** Gives an attribute a value; without one it is removed. */
    @Override
    void setAttribute(String name, @Nullable Object value);
}
