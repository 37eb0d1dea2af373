package dev.howdah.spring.session;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.Migrations;
import dev.howdah.postgres.Migrator;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.sessions.SessionSettings;
import dev.howdah.sessions.Sessions;
import dev.howdah.spring.json.TypedJson;
import java.util.List;
import java.util.UUID;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.session.FindByIndexNameSessionRepository;

/** A repository in a schema of its own, and a hand on the clock of its rows. */
final class TestSpringSessions {
    static final String PRINCIPAL = FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME;
    static final String CONTEXT = "SPRING_SECURITY_CONTEXT";
    private static final List<String> PACKAGES = List.of("dev.howdah.spring");
    private static final ClassLoader LOADER = TestSpringSessions.class.getClassLoader();

    final Database database = TestDatabase.create();
    final SessionSettings settings = SessionSettings.defaults();
    final Sessions sessions;
    final HowdahSessionRepository repository;

    TestSpringSessions() {
        new Migrator(database, Migrations.ofModules("sessions")).up();
        this.sessions = new Sessions(database, settings);
        this.repository = new HowdahSessionRepository(database, sessions, settings, json());
    }

    static TypedJson json() {
        return new TypedJson(List.of("dev.howdah.spring", SecurityJson.PACKAGE), LOADER,
                SecurityJson.modules(PACKAGES, LOADER));
    }

    static SecurityContext signedIn(String name) {
        var user = new User(name, "{noop}secret", List.of(new SimpleGrantedAuthority("ROLE_USER")));
        return new SecurityContextImpl(UsernamePasswordAuthenticationToken.authenticated(user, null, user
                .getAuthorities()));
    }

    HowdahSession saved() {
        var session = repository.createSession();
        session.setAttribute("first", 1);
        repository.save(session);
        return session;
    }

    HowdahSession find(String id) {
        var found = repository.findById(id);
        if (found == null) {
            throw new AssertionError("the session is not found");
        }
        return found;
    }

    /** Lets time pass for one session: everything about it becomes older. */
    void age(UUID session, String interval) {
        database.withHandle(handle -> handle.createUpdate("""
            UPDATE sessions
               SET created_at = created_at - :by::interval, updated_at = updated_at - :by::interval,
                   accessed_at = accessed_at - :by::interval, expires_at = expires_at - :by::interval,
                   absolute_until = absolute_until - :by::interval
             WHERE id = :id
            """).bind("by", interval).bind("id", session).execute());
    }

    long version(UUID session) {
        return database.withHandle(handle -> handle.createQuery("SELECT version FROM sessions WHERE id = :id")
                .bind("id", session).mapTo(Long.class).one());
    }

    /** Which transaction wrote the row. */
    String writer(UUID session) {
        return database.withHandle(handle -> handle.createQuery("SELECT xmin::text FROM sessions WHERE id = :id")
                .bind("id", session).mapTo(String.class).one());
    }

    long rows() {
        return database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM sessions").mapTo(Long.class)
                .one());
    }

    /** What a class says from now on. */
    static ListAppender<ILoggingEvent> listen(Class<?> type) {
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        ((Logger) LoggerFactory.getLogger(type)).addAppender(appender);
        return appender;
    }
}
