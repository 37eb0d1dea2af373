package dev.howdah.spring.session;

import static dev.howdah.spring.session.TestSpringSessions.CONTEXT;
import static dev.howdah.spring.session.TestSpringSessions.signedIn;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.session.web.http.SessionRepositoryFilter;

/** Requests of a browser through Spring Session's filter. */
class HowdahSessionFilterTest {
    private final TestSpringSessions test = new TestSpringSessions();
    private final SessionRepositoryFilter<HowdahSession> filter = new SessionRepositoryFilter<>(test.repository);

    /** A request with a cookie; its response's cookie is absent if none is set. */
    private @Nullable Cookie request(@Nullable Cookie cookie, Consumer<HttpServletRequest> work) throws Exception {
        var request = new MockHttpServletRequest("GET", "/");
        var response = new MockHttpServletResponse();
        if (cookie != null) {
            request.setCookies(cookie);
        }
        filter.doFilter(request, response, new MockFilterChain(new HttpServlet() {
            @Override
            protected void service(HttpServletRequest wrapped, HttpServletResponse unused) {
                work.accept(wrapped);
            }
        }));
        return response.getCookie("SESSION");
    }

    private Cookie begin(Consumer<HttpServletRequest> work) throws Exception {
        var cookie = request(null, work);
        if (cookie == null) {
            throw new AssertionError("no cookie was set");
        }
        return cookie;
    }

    private List<Object> seen(Cookie cookie, String attribute) throws Exception {
        var seen = new ArrayList<Object>();
        request(cookie, request -> {
            var session = request.getSession(false);
            if (session != null && session.getAttribute(attribute) != null) {
                seen.add(session.getAttribute(attribute));
            }
        });
        return seen;
    }

    @Test
    void theNextRequestSeesWhatTheFirstHasSet() throws Exception {
        var cookie = begin(request -> request.getSession().setAttribute("cart", List.of("tea")));
        assertThat(cookie.isHttpOnly()).isTrue();
        assertThat(seen(cookie, "cart")).containsExactly(List.of("tea"));
        assertThat(request(cookie, request -> request.getSession().setAttribute("more", 2)))
                .as("the id stays, so no cookie is set").isNull();
        assertThat(seen(cookie, "more")).containsExactly(2);
        assertThat(request(null, _ -> {})).as("no session, no cookie").isNull();
        assertThat(test.rows()).isEqualTo(1);
    }

    @Test
    void theIdThatARequestAsksForIsTheOneOfItsCookie() throws Exception {
        var ids = new ArrayList<String>();
        var cookie = begin(request -> {
            ids.add(request.getSession().getId());
            request.getSession().setAttribute("a", 1);
        });
        assertThat(new String(Base64.getDecoder().decode(cookie.getValue()), StandardCharsets.UTF_8))
                .isEqualTo(ids.getFirst());
        assertThat(seen(cookie, "a")).containsExactly(1);
    }

    @Test
    void aChangedIdKillsTheOldOne() throws Exception {
        var before = begin(request -> request.getSession().setAttribute("a", 1));
        var after = request(before, HttpServletRequest::changeSessionId);
        assertThat(after).isNotNull();
        assertThat(seen(before, "a")).isEmpty();
        assertThat(seen(Objects.requireNonNull(after), "a")).containsExactly(1);
    }

    /** As Spring Security does it: another id first, then the context. */
    @Test
    void aSignInLeavesOneIdThatWorks() throws Exception {
        var before = begin(request -> request.getSession().setAttribute("a", 1));
        var between = new ArrayList<String>();
        var after = request(before, request -> {
            between.add(request.changeSessionId());
            request.getSession().setAttribute(CONTEXT, signedIn("ada"));
        });
        assertThat(seen(before, "a")).isEmpty();
        assertThat(test.repository.findById(between.getFirst())).isNull();
        assertThat(seen(Objects.requireNonNull(after), CONTEXT)).containsExactly(signedIn("ada"));
        assertThat(test.repository.findByPrincipalName("ada")).hasSize(1);
    }

    @Test
    void aResponseThatIsSentEarlyHasTheCookie() throws Exception {
        var sent = new ArrayList<Cookie>();
        var request = new MockHttpServletRequest("GET", "/");
        var response = new MockHttpServletResponse();
        filter.doFilter(request, response, new MockFilterChain(new HttpServlet() {
            @Override
            protected void service(HttpServletRequest wrapped, HttpServletResponse early) throws IOException {
                wrapped.getSession().setAttribute(CONTEXT, signedIn("ada"));
                early.flushBuffer();
                sent.addAll(List.of(response.getCookies()));
                wrapped.getSession().setAttribute("late", 1);
            }
        }));
        assertThat(sent).hasSize(1);
        assertThat(seen(sent.getFirst(), CONTEXT)).containsExactly(signedIn("ada"));
        assertThat(seen(sent.getFirst(), "late")).containsExactly(1);
    }

    @Test
    void anInvalidatedSessionIsOver() throws Exception {
        var cookie = begin(request -> request.getSession().setAttribute("a", 1));
        var expired = request(cookie, request -> request.getSession().invalidate());
        assertThat(expired).isNotNull().extracting(Cookie::getMaxAge).isEqualTo(0);
        assertThat(seen(cookie, "a")).isEmpty();
        var next = begin(request -> request.getSession().setAttribute("b", 2));
        assertThat(next.getValue()).isNotEqualTo(cookie.getValue());
    }

    @Test
    void aPlantedIdIsNotTakenOver() throws Exception {
        var planted = new Cookie("SESSION", Base64.getEncoder().encodeToString("A".repeat(43)
                .getBytes(StandardCharsets.UTF_8)));
        var cookie = request(planted, request -> request.getSession().setAttribute("a", 1));
        assertThat(cookie).isNotNull().extracting(Cookie::getValue).isNotEqualTo(planted.getValue());
        assertThat(seen(planted, "a")).isEmpty();
    }

    @Test
    void aHandleInACookieOpensNothing() throws Exception {
        begin(request -> request.getSession().setAttribute(CONTEXT, signedIn("ada")));
        var handle = test.repository.findByPrincipalName("ada").keySet().iterator().next();
        assertThat(seen(new Cookie("SESSION", Base64.getEncoder().encodeToString(handle.getBytes(
                StandardCharsets.UTF_8))), CONTEXT)).isEmpty();
    }
}
