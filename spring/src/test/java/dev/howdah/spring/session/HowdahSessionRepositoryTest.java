package dev.howdah.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a repository of Spring Session's has to do: find, change ids, end. */
class HowdahSessionRepositoryTest {
    private final TestSpringSessions test = new TestSpringSessions();
    private final HowdahSessionRepository repository = test.repository;

    record Item(String name, BigDecimal price) {}

    @Test
    void findsWhatWasSaved() {
        var session = repository.createSession();
        var cart = List.of(new Item("tea", new BigDecimal("3.10")));
        session.setAttribute("cart", cart);
        session.setAttribute("theme", "dark");
        repository.save(session);

        var found = test.find(session.getId());
        assertThat(found.getId()).isEqualTo(session.getId());
        assertThat(found.<Object>getAttribute("cart")).isEqualTo(cart);
        assertThat(found.<String>getRequiredAttribute("theme")).isEqualTo("dark");
        assertThat(found.getAttributeNames()).containsExactlyInAnyOrder("cart", "theme");
        assertThat(found.getCreationTime()).isEqualTo(session.getCreationTime());
        assertThat(found.getMaxInactiveInterval()).isEqualTo(test.settings.idleTimeout());
        assertThat(found.isExpired()).isFalse();
        assertThat(found.<Object>getAttribute("never")).isNull();
    }

    @Test
    void aNewSessionIsStoredWhenItIsSavedOrAskedForItsId() {
        var session = repository.createSession();
        session.setAttribute("a", 1);
        assertThat(test.rows()).isZero();
        repository.save(session);
        assertThat(test.version(session.handle())).as("one insert, with all it holds").isEqualTo(1);

        var asked = repository.createSession();
        var id = asked.getId();
        asked.setAttribute("b", 2);
        repository.save(asked);
        assertThat(asked.getId()).isEqualTo(id);
        assertThat(test.find(id).<Integer>getAttribute("b")).isEqualTo(2);
        assertThat(test.rows()).isEqualTo(2);
    }

    @Test
    void anUnchangedSessionIsNotWrittenButForItsLastAccess() {
        var session = test.saved();
        test.age(session.handle(), "1 hour");
        var writer = test.writer(session.handle());
        var before = Instant.now().minus(Duration.ofMinutes(30));

        var found = test.find(session.getId());
        found.setLastAccessedTime(Instant.now());
        found.removeAttribute("never");
        repository.save(found);
        assertThat(test.version(found.handle())).isEqualTo(1);
        test.sessions.close(); // writes what was noted
        assertThat(test.version(found.handle())).isEqualTo(1);
        assertThat(test.writer(found.handle())).isNotEqualTo(writer);
        assertThat(test.find(session.getId()).getLastAccessedTime()).isAfter(before);

        writer = test.writer(found.handle());
        repository.save(test.find(session.getId()));
        test.sessions.close();
        assertThat(test.writer(found.handle())).as("used a moment ago").isEqualTo(writer);
    }

    @Test
    void anIdIsDeadAsSoonAsItIsChanged() {
        var session = test.saved();
        var first = session.getId();
        var second = session.changeSessionId();
        assertThat(second).isEqualTo(session.getId()).isNotEqualTo(first);
        assertThat(repository.findById(first)).as("before the save").isNull();
        session.setAttribute("more", 2);
        var third = session.changeSessionId();
        repository.save(session);

        assertThat(session.getId()).isEqualTo(third);
        assertThat(repository.findById(first)).isNull();
        assertThat(repository.findById(second)).isNull();
        assertThat(test.find(third).getAttributeNames()).containsExactlyInAnyOrder("first", "more");
        assertThat(test.rows()).isEqualTo(1);
    }

    @Test
    void theIdOfANewSessionCanBeChanged() {
        var unseen = repository.createSession();
        var id = unseen.changeSessionId();
        repository.save(unseen);
        assertThat(test.find(id).handle()).isEqualTo(unseen.handle());

        var seen = repository.createSession();
        var before = seen.getId();
        var after = seen.changeSessionId();
        repository.save(seen);
        assertThat(repository.findById(before)).isNull();
        assertThat(test.find(after).handle()).isEqualTo(seen.handle());
    }

    @Test
    void whatHasExpiredIsNotFound() {
        var session = test.saved();
        test.age(session.handle(), "25 hours");
        assertThat(repository.findById(session.getId())).isNull();

        var shortly = repository.createSession();
        shortly.setMaxInactiveInterval(Duration.ofMinutes(5));
        repository.save(shortly);
        test.age(shortly.handle(), "4 minutes");
        var found = test.find(shortly.getId());
        assertThat(found.isExpired()).isFalse();
        found.setLastAccessedTime(Instant.now().minus(Duration.ofMinutes(6)));
        assertThat(found.isExpired()).isTrue();
        test.age(shortly.handle(), "2 minutes");
        assertThat(repository.findById(shortly.getId())).isNull();
    }

    @Test
    void aTimeThatIsSaidEarlyIsTheSessionsOwn() {
        var session = repository.createSession();
        session.setMaxInactiveInterval(Duration.ofMinutes(7));
        repository.save(session);
        var id = session.getId();
        var found = test.find(id);
        assertThat(found.getMaxInactiveInterval()).isEqualTo(Duration.ofMinutes(7));
        found.setMaxInactiveInterval(Duration.ofMinutes(7));
        repository.save(found);
        assertThat(found.getId()).isEqualTo(id);

        var zero = repository.createSession();
        zero.setMaxInactiveInterval(Duration.ZERO);
        assertThat(zero.getMaxInactiveInterval()).isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void aTimeThatIsSaidLateReplacesTheSession() {
        var session = test.saved();
        session.setAttribute(TestSpringSessions.PRINCIPAL, "ada");
        repository.save(session);
        test.age(session.handle(), "1 hour");
        var before = session.getId();
        var found = test.find(before);
        found.setAttribute("more", 2);
        found.setMaxInactiveInterval(Duration.ofSeconds(-1)); // for ever
        repository.save(found);

        assertThat(found.getId()).isNotEqualTo(before);
        assertThat(repository.findById(before)).isNull();
        var after = test.find(found.getId());
        assertThat(after.getAttributeNames()).contains("first", "more");
        assertThat(after.getMaxInactiveInterval()).as("its absolute limit stays where it was")
                .isBetween(Duration.ofDays(30).minusHours(1).minusMinutes(1), Duration.ofDays(30).minusHours(1));
        assertThat(repository.findByPrincipalName("ada")).containsOnlyKeys(found.handle().toString());
        after.setMaxInactiveInterval(Duration.ofSeconds(-1));
        repository.save(after);
        assertThat(after.getId()).as("nothing new").isEqualTo(found.getId());
    }

    @Test
    void whatWasDeletedStaysAway() {
        var session = test.saved();
        var other = test.find(session.getId());
        repository.deleteById(session.getId());
        assertThat(repository.findById(session.getId())).isNull();
        repository.deleteById(session.getId());

        other.setAttribute("late", "value");
        var told = TestSpringSessions.listen(HowdahSessionRepository.class);
        repository.save(other);
        repository.save(other);
        assertThat(repository.findById(session.getId())).isNull();
        assertThat(told.list).extracting(ILoggingEvent::getFormattedMessage).filteredOn(text -> text.contains(other
                .handle().toString())).singleElement().asString().contains("late").doesNotContain(session.getId())
                .doesNotContain("value");
        assertThatThrownBy(other::changeSessionId).hasMessageNotContaining(session.getId());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1-1-1-1-1", "0123456789abcdef0123456789abcdef",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!"})
    void idsOfCallersAreNoSessions(String id) {
        assertThat(repository.findById(id)).isNull();
        repository.deleteById(id);
        assertThat(test.rows()).isZero();
    }

    @Test
    void aHandleOpensNothing() {
        var session = test.saved();
        assertThat(repository.findById(session.handle().toString())).isNull();
        repository.deleteById(UUID.randomUUID().toString());
        assertThat(repository.findById(session.getId())).isNotNull();
        repository.deleteById(session.handle().toString());
        assertThat(repository.findById(session.getId())).isNull();
    }
}
