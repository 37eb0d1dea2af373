package dev.howdah.spring.session;

import static dev.howdah.spring.session.TestSpringSessions.CONTEXT;
import static dev.howdah.spring.session.TestSpringSessions.PRINCIPAL;
import static dev.howdah.spring.session.TestSpringSessions.signedIn;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.sessions.NewSession;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.UserDetails;
import tools.jackson.databind.json.JsonMapper;

/** Whose sessions are: found by Spring Session's index of principals, from an attribute or Spring Security's context. */
class HowdahSessionPrincipalTest {
    private final TestSpringSessions test = new TestSpringSessions();
    private final HowdahSessionRepository repository = test.repository;

    private Map<String, HowdahSession> of(String user) {
        return repository.findByPrincipalName(user);
    }

    @Test
    void aSessionIsItsUsersWhenItIsSavedWithOne() {
        var session = repository.createSession();
        session.setAttribute(PRINCIPAL, "ada");
        assertThat(of("ada")).isEmpty();
        repository.save(session);
        assertThat(of("ada")).containsOnlyKeys(session.handle().toString());
        assertThat(of("bob")).isEmpty();
        assertThat(repository.findByIndexNameAndIndexValue("other", "ada")).isEmpty();
    }

    @Test
    void signingInEndsTheIdFromBefore() {
        var session = test.saved();
        var before = session.getId();
        session.setAttribute(CONTEXT, signedIn("ada"));
        repository.save(session);
        assertThat(session.getId()).isNotEqualTo(before);
        assertThat(repository.findById(before)).isNull();
        assertThat(of("ada")).containsOnlyKeys(session.handle().toString());

        var found = test.find(session.getId());
        assertThat(found.<Object>getAttribute(CONTEXT)).isEqualTo(signedIn("ada"));
        found.setAttribute("cart", 17);
        found.setAttribute(CONTEXT, signedIn("ada"));
        repository.save(found);
        assertThat(found.getId()).as("the same user").isEqualTo(session.getId());
    }

    @Test
    void anotherUserTakesOver() {
        var session = test.saved();
        session.setAttribute(PRINCIPAL, "ada");
        repository.save(session);
        var adas = session.getId();
        var found = test.find(adas);
        found.setAttribute(PRINCIPAL, "bob");
        repository.save(found);
        assertThat(of("ada")).isEmpty();
        assertThat(of("bob")).containsOnlyKeys(found.handle().toString());
        assertThat(repository.findById(adas)).isNull();
        assertThat(test.find(found.getId()).<Integer>getAttribute("first")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void withoutAUserAnyMoreItIsAVisitors(boolean emptied) {
        var session = test.saved();
        session.setAttribute(CONTEXT, signedIn("ada"));
        repository.save(session);
        var adas = session.getId();
        var found = test.find(adas);
        if (emptied) {
            found.setAttribute(CONTEXT, new SecurityContextImpl());
        } else {
            found.removeAttribute(CONTEXT);
        }
        repository.save(found);
        assertThat(of("ada")).isEmpty();
        assertThat(repository.findById(adas)).isNull();
        var visitor = test.find(found.getId());
        assertThat(visitor.<Integer>getAttribute("first")).isEqualTo(1);
        visitor.setAttribute(PRINCIPAL, "bob");
        repository.save(visitor);
        assertThat(of("bob")).containsOnlyKeys(visitor.handle().toString());
    }

    @Test
    void aUserWhoWasSetElsewhereStays() {
        var id = test.sessions.create(NewSession.of("ada")).id();
        var found = test.find(id.text());
        found.setAttribute("cart", 17);
        repository.save(found);
        assertThat(found.getId()).isEqualTo(id.text());
        assertThat(of("ada")).hasSize(1);
    }

    @Test
    void nobodySignsInToASessionThatHasEnded() {
        var session = test.saved();
        var other = test.find(session.getId());
        repository.deleteById(session.getId());
        other.setAttribute(PRINCIPAL, "ada");
        assertThatThrownBy(() -> repository.save(other)).isInstanceOf(NotFoundException.class);
        assertThat(of("ada")).isEmpty();
    }

    @Test
    void aListShowsWhoAndWhenAndCanEndThem() {
        var session = test.saved();
        session.setAttribute(PRINCIPAL, "ada");
        repository.save(session);
        var listed = of("ada").values().iterator().next();
        assertThat(listed.getId()).isEqualTo(session.handle().toString()).isNotEqualTo(session.getId());
        assertThat(listed.getAttributeNames()).containsExactly(PRINCIPAL);
        assertThat(listed.<String>getAttribute(PRINCIPAL)).isEqualTo("ada");
        assertThat(listed.<Object>getAttribute("first")).isNull();
        assertThat(listed.getCreationTime()).isEqualTo(session.getCreationTime());
        assertThat(listed.getMaxInactiveInterval()).isEqualTo(test.settings.idleTimeout());
        assertThat(listed.isExpired()).isFalse();
        assertThatThrownBy(() -> listed.setAttribute("x", 1)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("deleteById");
        assertThatThrownBy(listed::changeSessionId).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> listed.removeAttribute("x")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> listed.setLastAccessedTime(Instant.now())).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> listed.setMaxInactiveInterval(Duration.ZERO))
                .isInstanceOf(InvalidInputException.class);
        repository.save(listed);
        repository.deleteById(listed.getId());
        assertThat(of("ada")).isEmpty();
        assertThat(repository.findById(session.getId())).isNull();
    }

    /** A user of the application's own. */
    record Member(String username, String city, List<SimpleGrantedAuthority> authorities) implements UserDetails {
        @Override
        public String getUsername() {
            return username;
        }

        @Override
        public @Nullable String getPassword() {
            return null;
        }

        @Override
        public List<SimpleGrantedAuthority> getAuthorities() {
            return authorities;
        }
    }

    @Test
    void usersMayBeOfTheApplicationsOwnClass() {
        var session = repository.createSession();
        var ada = new Member("ada", "London", List.of(new SimpleGrantedAuthority("ROLE_USER")));
        session.setAttribute(CONTEXT, new SecurityContextImpl(UsernamePasswordAuthenticationToken.authenticated(ada,
                null, ada.authorities())));
        repository.save(session);
        assertThat(of("ada")).hasSize(1);
        var context = test.find(session.getId()).<SecurityContext>getRequiredAttribute(CONTEXT);
        assertThat(context.getAuthentication()).isNotNull().extracting(Authentication::getPrincipal).isEqualTo(ada);
    }

    record Visit(@Nullable Object who, List<Object> others) {}

    @Test
    void objectsOfSpringSecuritysStandAnywhere() {
        var session = repository.createSession();
        var visit = new Visit(signedIn("ada"), List.of(signedIn("bob"), "c", 5L));
        session.setAttribute("visit", visit);
        session.setAttribute("failure", new BadCredentialsException("wrong"));
        repository.save(session);
        var found = test.find(session.getId());
        assertThat(found.<Object>getAttribute("visit")).isEqualTo(visit);
        assertThat(found.<Exception>getRequiredAttribute("failure")).isInstanceOf(BadCredentialsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{'type': 'org.springframework.security.core.userdetails.jdbc.JdbcDaoImpl', 'value': {}}",
            "{'type': 'org.springframework.security.core.userdetails.jdbc.JdbcDaoImpl', "
                    + "'value': {'@class': 'org.springframework.security.core.userdetails.jdbc.JdbcDaoImpl'}}",
            "{'type': 'org.springframework.security.core.context.SecurityContextImpl', 'value': {'@class': "
                    + "'org.springframework.security.core.context.SecurityContextImpl', 'authentication': "
                    + "{'@class': 'java.lang.ProcessBuilder'}}}"})
    void onlyWhatSpringSecurityPermitsIsReadOfIt(String json) {
        assertThatThrownBy(() -> TestSpringSessions.json().read(JsonMapper.shared().readTree(json.replace('\'', '"'))))
                .isInstanceOf(InvalidInputException.class);
    }
}
