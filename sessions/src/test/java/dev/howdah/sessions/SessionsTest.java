package dev.howdah.sessions;

import static dev.howdah.sessions.TestSessions.attributes;
import static dev.howdah.sessions.TestSessions.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.StringNode;

/** What sessions hold, how long they last, and how they are found. */
class SessionsTest {
    private final TestSessions test = TestSessions.open();
    private final Sessions sessions = test.sessions;

    @Test
    void findsASessionWithoutAnything() {
        var created = sessions.create(NewSession.anonymous());
        var found = sessions.get(created.id());
        assertThat(found).isEqualTo(created.session());
        assertThat(found.attributes()).isEmpty();
        assertThat(found.summary().user()).isEmpty();
        assertThat(found.version()).isEqualTo(1);
        assertThat(found.idleTimeout()).isEqualTo(Duration.ofDays(1));
        assertThat(Duration.between(found.summary().createdAt(), found.absoluteUntil())).isEqualTo(Duration.ofDays(30));
    }

    @Test
    void keepsEverythingThatASessionBeganWith() {
        var created = sessions.create(NewSession.of("ada").withAgent("planner").withClient("2001:db8::7", "curl/8")
                .withAttributes(attributes("{'n': 1, 'nested': {'a': [true, null, 'ü']}}"))
                .withMetadata(attributes("{'origin': 'login'}"))
                .withTimeouts(Duration.ofMinutes(5), Duration.ofHours(1)));
        var found = sessions.get(created.id());
        assertThat(text(found)).isEqualTo("{'n':1,'nested':{'a':[true,null,'ü']}}");
        assertThat(found.metadata()).containsEntry("origin", StringNode.valueOf("login"));
        var summary = found.summary();
        assertThat(summary.user()).contains("ada");
        assertThat(summary.agent()).contains("planner");
        assertThat(summary.ipAddress()).contains("2001:db8::7");
        assertThat(summary.userAgent()).contains("curl/8");
        assertThat(Duration.between(summary.createdAt(), summary.expiresAt())).isEqualTo(Duration.ofMinutes(5));
        assertThat(sessions.create(NewSession.anonymous().withClient("192.0.2.1", "x".repeat(5000))).session().summary()
                .userAgent().orElseThrow()).hasSize(512);
    }

    @Test
    void setsAndRemovesAttributesOneByOne() {
        var id = sessions.create(NewSession.anonymous().withAttributes(attributes("{'a': 1, 'b': {'x': 1, 'y': 2}}")))
                .id();
        assertThat(text(sessions.update(id, SessionChange.setting(attributes("{'c': 3}")))))
                .isEqualTo("{'a':1,'b':{'x':1,'y':2},'c':3}");
        assertThat(text(sessions.update(id, SessionChange.setting(attributes("{'b': {'x': 9}}")))))
                .as("a nested value is replaced as a whole").isEqualTo("{'a':1,'b':{'x':9},'c':3}");
        assertThat(text(sessions.update(id, SessionChange.removing(Set.of("a", "never")).withSet(
                attributes("{'d': null}"))))).isEqualTo("{'b':{'x':9},'c':3,'d':null}");
        var changed = sessions.update(id, SessionChange.none().withMetadata(attributes("{'m': 1}"), Set.of()));
        assertThat(text(changed)).as("a change without attributes empties nothing")
                .isEqualTo("{'b':{'x':9},'c':3,'d':null}");
        assertThat(sessions.update(id, SessionChange.none().withMetadata(Map.of(), Set.of("m"))).metadata()).isEmpty();
        assertThat(text(sessions.update(id, SessionChange.replacing(attributes("{'z': 0}"))))).isEqualTo("{'z':0}");
        assertThat(sessions.get(id).version()).isEqualTo(7);
        assertThat(sessions.get(id).summary().updatedAt()).isAfter(sessions.get(id).summary().createdAt());
    }

    @Test
    void changesOnlyTheVersionThatWasExpected() {
        var id = sessions.create(NewSession.anonymous()).id();
        sessions.update(id, SessionChange.setting(attributes("{'n': 1}")).expecting(1));
        assertThatThrownBy(() -> sessions.update(id, SessionChange.setting(attributes("{'n': 2}")).expecting(1)))
                .isInstanceOf(ConflictException.class).hasMessageContaining("version 2, not 1");
        assertThat(text(sessions.get(id))).isEqualTo("{'n':1}");
        assertThat(sessions.update(id, SessionChange.setting(attributes("{'n': 2}")).expecting(2)).version())
                .isEqualTo(3);
    }

    @Test
    void keepsItsOwnTimeWhenItIsUsedAndAddsWhenItIsExtended() {
        var id = sessions.create(NewSession.anonymous().withTimeouts(Duration.ofHours(1), Duration.ofHours(3))).id();
        test.age(id, "50 min");
        sessions.update(id, SessionChange.setting(attributes("{'n': 1}")).withoutExtending());
        assertThat(left(id)).isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10));
        sessions.update(id, SessionChange.setting(attributes("{'n': 2}")));
        assertThat(left(id)).as("its own hour, not the default day").isBetween(Duration.ofMinutes(59),
                Duration.ofHours(1));
        sessions.extend(id, Duration.ofMinutes(30));
        assertThat(left(id)).isBetween(Duration.ofMinutes(89), Duration.ofMinutes(90));
        sessions.update(id, SessionChange.none());
        assertThat(left(id)).as("use does not shorten what was added").isGreaterThan(Duration.ofMinutes(89));
        assertThat(sessions.extend(id, Duration.ofDays(9))).as("never beyond the absolute timeout")
                .isEqualTo(sessions.get(id).absoluteUntil());
        test.age(id, "131 min");
        assertThat(sessions.find(id)).isEmpty();
        assertThatThrownBy(() -> sessions.extend(id, Duration.ofMinutes(1))).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> sessions.extend(id, Duration.ZERO)).isInstanceOf(InvalidInputException.class);
    }

    private Duration left(SessionId id) {
        return Duration.between(test.value("SELECT clock_timestamp()", java.time.OffsetDateTime.class).toInstant(),
                sessions.get(id).summary().expiresAt());
    }

    @Test
    void expiresAtTheBorderByTheDatabasesClock() {
        var id = sessions.create(NewSession.anonymous()).id();
        test.database.useTransaction(tx -> { // now() stands still in a transaction
            tx.handle().execute("UPDATE sessions SET expires_at = now() + interval '1 microsecond'");
            assertThat(sessions.find(tx, id)).isPresent();
            tx.handle().execute("UPDATE sessions SET expires_at = now()");
            assertThat(sessions.find(tx, id)).isEmpty();
            assertThat(sessions.delete(tx, id)).isFalse();
            assertThatThrownBy(() -> sessions.update(tx, id, SessionChange.none()))
                    .isInstanceOf(NotFoundException.class);
        });
    }

    @Test
    void writesTheLastAccessNowAndThenOnly() {
        var id = sessions.create(NewSession.anonymous().withTimeouts(Duration.ofMinutes(10), Duration.ofHours(1))).id();
        var accessed = sessions.get(id).summary().accessedAt();
        test.age(id, "29 s"); // a twentieth of ten minutes is half a minute
        sessions.get(id);
        sessions.close();
        assertThat(sessions.get(id).summary().accessedAt()).isEqualTo(accessed.minusSeconds(29));
        test.age(id, "2 s");
        var read = sessions.get(id);
        sessions.get(id);
        sessions.close(); // writes what was noted
        var touched = sessions.get(id).summary();
        assertThat(touched.accessedAt()).isAfter(accessed);
        assertThat(touched.expiresAt()).isAfter(read.summary().expiresAt())
                .isEqualTo(touched.accessedAt().plus(Duration.ofMinutes(10)));
        assertThat(touched.updatedAt()).as("what it holds did not change").isEqualTo(read.summary().updatedAt());
        assertThat(sessions.touch(id)).as("was written a moment ago").isEqualTo(touched.expiresAt());
        test.age(id, "1 min");
        assertThat(sessions.touch(id)).isAfter(touched.expiresAt());
    }

    @Test
    void keepsUseOutOfTheIndexes() {
        var id = sessions.create(NewSession.of("ada")).id();
        for (int i = 0; i < 20; i++) {
            test.age(id, "2 min");
            sessions.touch(id);
            sessions.update(id, SessionChange.setting(attributes("{'n': " + i + "}")));
        }
        await().untilAsserted(() -> {
            test.database.withHandle(handle -> handle.createQuery("SELECT pg_stat_force_next_flush()::text")
                    .mapTo(String.class).one());
            var updates = test.value("""
                SELECT n_tup_upd || ' ' || n_tup_hot_upd FROM pg_stat_user_tables WHERE relid = 'sessions'::regclass
                """, String.class);
            assertThat(updates).as("all of them HOT").isEqualTo("60 60");
        });
    }

    @Test
    void touchesByTheTimeOfTheReadEvenIfTheSessionExpiredMeanwhile() {
        var id = sessions.create(NewSession.anonymous().withTimeouts(Duration.ofMinutes(10), Duration.ofHours(1))).id();
        test.age(id, "9 min 50 s");
        assertThat(sessions.find(id)).isPresent();
        test.database.withHandle(handle -> handle.execute(
                "UPDATE sessions SET accessed_at = accessed_at - interval '1 min'"));
        sessions.close();
        assertThat(sessions.get(id).summary().expiresAt()).isAfter(sessions.get(id).summary().createdAt()
                .plus(Duration.ofMinutes(19)));
        sessions.delete(id);
        sessions.close();
        assertThat(sessions.find(id)).as("an ended one stays so").isEmpty();
    }

    @Test
    void neverOutlivesItsAbsoluteTimeout() {
        var id = sessions.create(NewSession.anonymous().withTimeouts(Duration.ofMinutes(30), Duration.ofHours(1))).id();
        test.age(id, "29 min");
        sessions.update(id, SessionChange.none());
        test.age(id, "25 min");
        var used = sessions.update(id, SessionChange.none());
        assertThat(used.summary().expiresAt()).isEqualTo(used.absoluteUntil());
        test.age(id, "6 min");
        assertThat(sessions.find(id)).isEmpty();
    }

    @Test
    void canBeReadInATransactionThatMayNotWrite() {
        var id = sessions.create(NewSession.of("ada")).id();
        test.age(id, "1 h");
        test.database.useTransaction(tx -> {
            tx.handle().execute("SET TRANSACTION READ ONLY");
            assertThat(sessions.find(tx, id)).isPresent();
        });
        sessions.close();
        assertThat(sessions.get(id).summary().accessedAt())
                .isAfter(sessions.get(id).summary().createdAt().plusSeconds(3500));
    }

    @Test
    void joinsTheCallersTransactionInEveryWrite() {
        var id = sessions.create(NewSession.of("ada").withAttributes(attributes("{'n': 1}"))).id();
        var other = sessions.create(NewSession.of("ada"));
        var before = rows();
        assertThatThrownBy(() -> test.database.useTransaction(tx -> {
            sessions.create(tx, NewSession.of("ada"));
            sessions.update(tx, id, SessionChange.setting(attributes("{'n': 2}")));
            sessions.touch(tx, id);
            sessions.extend(tx, id, Duration.ofDays(1));
            var next = sessions.rotate(tx, id, Rotation.privilegeChange());
            assertThat(sessions.find(tx, next)).isPresent();
            sessions.revoke(tx, List.of(other.session().summary().handle()));
            sessions.delete(tx, next);
            sessions.revokeAll(tx, "ada");
            throw new IllegalStateException("the caller changes its mind");
        })).isInstanceOf(IllegalStateException.class);
        assertThat(rows()).isEqualTo(before);
    }

    private String rows() {
        return test.value("SELECT string_agg(sessions::text, ' ' ORDER BY id) FROM sessions", String.class);
    }

    @Test
    void listsASessionUnderItsUserUntilItEnds() {
        var first = sessions.create(NewSession.of("ada"));
        var second = sessions.create(NewSession.of("ada"));
        sessions.create(NewSession.of("bob"));
        sessions.create(NewSession.anonymous());
        sessions.update(first.id(), SessionChange.setting(attributes("{'n': 1}")));
        assertThat(handles(sessions.ofUser("ada"))).as("the last changed first")
                .containsExactly(first.session().summary().handle(), second.session().summary().handle());
        sessions.delete(second.id());
        assertThat(handles(sessions.ofUser("ada"))).containsExactly(first.session().summary().handle());
        test.age(first.id(), "2 d");
        assertThat(sessions.ofUser("ada")).as("expired, though nothing was cleaned up").isEmpty();
        assertThat(sessions.ofUser("nobody")).isEmpty();
    }

    @Test
    void listsUnderTheNewUserOnlyAfterASignIn() {
        var visitor = sessions.create(NewSession.anonymous());
        var ada = sessions.rotate(visitor.id(), Rotation.signIn("ada"));
        assertThat(sessions.ofUser("ada")).hasSize(1);
        var bob = sessions.rotate(ada, Rotation.signIn("bob"));
        assertThat(sessions.ofUser("ada")).isEmpty();
        assertThat(handles(sessions.ofUser("bob"))).containsExactly(visitor.session().summary().handle());
        sessions.update(bob, SessionChange.setting(attributes("{'n': 1}")));
        assertThat(sessions.ofUser("bob")).hasSize(1);
    }

    private static List<UUID> handles(List<SessionSummary> summaries) {
        return summaries.stream().map(SessionSummary::handle).toList();
    }

    @Test
    void listsInPagesByUserAndAgentWithEndedOnesIfAsked() {
        var created = IntStream.range(0, 5).mapToObj(i -> sessions.create(NewSession.of(i < 3 ? "ada" : "bob")
                .withAgent(i % 2 == 0 ? "even" : "odd"))).toList();
        sessions.delete(created.get(0).id());
        var page = sessions.list(SessionFilter.live(), Optional.empty(), 3);
        assertThat(page.items()).hasSize(3);
        assertThat(sessions.list(SessionFilter.live(), page.next(), 3)).satisfies(last -> {
            assertThat(handles(last.items())).containsExactly(created.get(1).session().summary().handle());
            assertThat(last.next()).isEmpty();
        });
        assertThat(sessions.list(SessionFilter.ofUser("ada"), Optional.empty(), 10).items()).hasSize(2);
        assertThat(sessions.list(new SessionFilter(Optional.of("ada"), Optional.of("odd"), false), Optional.empty(), 10)
                .items()).hasSize(1);
        assertThat(sessions.list(new SessionFilter(Optional.empty(), Optional.of("odd"), false), Optional.empty(), 10)
                .items()).hasSize(2);
        var ended = sessions
                .list(new SessionFilter(Optional.of("ada"), Optional.of("even"), true), Optional.empty(), 10)
                .items();
        assertThat(ended).hasSize(2).last().satisfies(item -> {
            assertThat(item.endReason()).contains(EndReason.DELETED);
            assertThat(item.endedAt()).isPresent();
        });
        assertThatThrownBy(() -> sessions.list(SessionFilter.live(), Optional.empty(), 0))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> sessions.list(SessionFilter.live(), Optional.empty(), Sessions.PAGE_MAX + 1))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void endsOneOrAllOrAllOtherSessionsOfAUser() {
        var mine = IntStream.range(0, 4).mapToObj(_ -> sessions.create(NewSession.of("ada"))).toList();
        var others = sessions.create(NewSession.of("bob"));
        assertThat(sessions.revoke(List.of(mine.get(0).session().summary().handle()))).isEqualTo(1);
        assertThat(sessions.revoke(List.of(mine.get(0).session().summary().handle()))).as("is ended already").isZero();
        assertThat(sessions.revokeAllExcept("ada", mine.get(1).id())).isEqualTo(2);
        assertThat(sessions.find(mine.get(1).id())).isPresent();
        assertThat(sessions.find(mine.get(2).id())).isEmpty();
        var renewed = sessions.rotate(mine.get(1).id(), Rotation.renewal());
        assertThat(sessions.revokeAllExcept("ada", mine.get(1).id())).as("the old id is still the current session's")
                .isZero();
        assertThat(sessions.revokeAll("ada")).isEqualTo(1);
        assertThat(sessions.find(renewed)).isEmpty();
        assertThat(sessions.find(others.id())).isPresent();
        assertThat(sessions.summary(mine.get(2).session().summary().handle()).endReason()).contains(EndReason.REVOKED);
    }

    @Test
    void endsManyAtOnce() {
        var ids = IntStream.range(0, 10).mapToObj(_ -> sessions.create(NewSession.anonymous()).id())
                .collect(Collectors.toList());
        ids.add(SessionId.random());
        assertThat(sessions.delete(ids)).isEqualTo(10);
        assertThat(sessions.delete(ids)).isZero();
        assertThat(sessions.activeCount()).isZero();
        assertThatThrownBy(() -> sessions.revoke(IntStream.range(0, 1001).mapToObj(i -> new UUID(0, i)).toList()))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("at most 1000");
    }

    @Test
    void endsTheLongestUnusedWhenAUserHasTooMany() {
        var few = test.with(SessionSettings.defaults().withLimits(100, 1000, 3)).sessions;
        var ids = IntStream.range(0, 3).mapToObj(_ -> few.create(NewSession.of("ada")).id()).toList();
        test.age(ids.get(1), "5 min");
        var visitor = few.create(NewSession.anonymous()).id();
        few.create(NewSession.of("ada"));
        assertThat(few.find(ids.get(1))).isEmpty();
        assertThat(few.ofUser("ada")).hasSize(3);
        var signedIn = few.rotate(visitor, Rotation.signIn("ada"));
        assertThat(few.find(signedIn)).as("the one that was just used stays").isPresent();
        assertThat(few.ofUser("ada")).hasSize(3);
        assertThat(test.value("SELECT count(*) FROM sessions WHERE end_reason = 'displaced'", Long.class)).isEqualTo(2);
    }

    @Test
    void refusesWhatIsTooLargeAtTheLimitAndAboveIt() {
        var small = test.with(SessionSettings.defaults().withLimits(3, 1000, 100)).sessions;
        var id = small.create(NewSession.anonymous().withAttributes(attributes("{'a': 1, 'b': 2}"))).id();
        small.update(id, SessionChange.setting(attributes("{'c': 3}")));
        assertThatThrownBy(() -> small.update(id, SessionChange.setting(attributes("{'d': 4}"))))
                .isInstanceOf(LimitExceededException.class).hasMessageContaining("howdah.sessions.attributes-max");
        small.update(id, SessionChange.setting(attributes("{'d': 4}")).withRemoved(Set.of("a")));
        var fits = "x".repeat(1000 - "d".length() - 2 - "b2c3".length());
        small.update(id, SessionChange.setting(Map.of("d", StringNode.valueOf(fits))));
        assertThatThrownBy(() -> small.update(id, SessionChange.setting(Map.of("d", StringNode.valueOf(fits + "x")))))
                .isInstanceOf(LimitExceededException.class);
        assertThatThrownBy(() -> small.update(id, SessionChange.none().withMetadata(
                Map.of("d", StringNode.valueOf("x".repeat(1000))), Set.of()))).isInstanceOf(
                        LimitExceededException.class);
        assertThatThrownBy(() -> small.create(NewSession.anonymous().withAttributes(
                attributes("{'a': 1, 'b': 2, 'c': 3, 'd': 4}")))).isInstanceOf(LimitExceededException.class);
        assertThat(small.get(id).version()).isEqualTo(4);
    }

    @Test
    void takesALargeAttribute() {
        var id = sessions.create(NewSession.anonymous()).id();
        var large = StringNode.valueOf("ü".repeat(100_000));
        assertThat(sessions.update(id, SessionChange.setting(Map.of("large", large))).attributes())
                .containsEntry("large", large);
    }

    @Test
    void namesEverythingThatIsWrongWithAnInput() {
        assertThatThrownBy(() -> new NewSession(Optional.of(" "), Optional.of("a".repeat(201)),
                attributes("{'': 1, 'nul': 'a\\u0000b', 'sealed': {'$sealed': 'k1', 'data': 'x'}}"), Map.of(),
                Optional.of(Duration.ZERO), Optional.of(Duration.ofDays(4000)), Optional.of("example.org"),
                Optional.empty())).isInstanceOfSatisfying(InvalidInputException.class, e -> assertThat(e.faults())
                        .extracting(InvalidInputException.Fault::field)
                        .contains("user", "agent", "attributes", "attributes/nul", "attributes/sealed", "idle_timeout",
                                "absolute_timeout", "ip_address"));
        assertThatThrownBy(() -> sessions.create(NewSession.anonymous().withTimeouts(Duration.ofHours(2),
                Duration.ofHours(1)))).isInstanceOf(InvalidInputException.class).hasMessageContaining("absolute");
        assertThatThrownBy(() -> SessionChange.setting(attributes("{'a': 1}")).withRemoved(Set.of("a")))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new Rotation(Optional.of(Duration.ofMinutes(6)), Optional.empty()))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new Rotation(Optional.of(Duration.ofSeconds(1)), Optional.of("ada")))
                .isInstanceOf(InvalidInputException.class).hasMessageContaining("sign-in");
        for (var value : List.of(StringNode.valueOf("half \ud83d"), DoubleNode.valueOf(Double.POSITIVE_INFINITY),
                JsonMapper.shared().createArrayNode().addObject().put("n\0", 1))) {
            assertThatThrownBy(() -> SessionChange.setting(Map.of("a", value))).as(value.toString())
                    .isInstanceOf(InvalidInputException.class).hasMessageContaining("attributes/a");
        }
        assertThatThrownBy(() -> NewSession.of("\udc00")).isInstanceOf(InvalidInputException.class);
        assertThat(sessions.activeCount()).isZero();
        assertThat(sessions.create(NewSession.anonymous().withClient("::1", "x".repeat(511) + "\ud83d\ude00\0"))
                .session().summary().userAgent().orElseThrow()).endsWith("x?");
        var text = sessions.create(NewSession.of("x' OR '1'='1").withAttributes(
                attributes("{'\\\\u0000 behind a backslash': '%_\\\\u0000'}")));
        assertThat(sessions.get(text.id()).attributes()).isEqualTo(text.session().attributes());
        assertThat(sessions.ofUser("x' OR '1'='1")).hasSize(1);
    }

    @Test
    void countsWhatThereIs() {
        assertThat(sessions.statistics()).satisfies(none -> {
            assertThat(none.active()).isZero();
            assertThat(none.oldest()).isEmpty();
            assertThat(none.newestActivity()).isEmpty();
        });
        var ids = IntStream.range(0, 6).mapToObj(i -> sessions.create(NewSession.of("user-" + i % 2)).id()).toList();
        test.age(ids.get(0), "2 d");
        test.age(ids.get(1), "2 d");
        sessions.upkeep().runOnce();
        test.age(ids.get(2), "2 d");
        sessions.delete(ids.get(3));
        var statistics = sessions.statistics();
        assertThat(statistics.active()).isEqualTo(2).isEqualTo(sessions.activeCount());
        assertThat(statistics.expired()).as("cleaned up or not").isEqualTo(3);
        assertThat(statistics.deleted()).isEqualTo(1);
        assertThat(statistics.users()).isEqualTo(2);
        assertThat(statistics.oldest()).contains(sessions.get(ids.get(4)).summary().createdAt());
        assertThat(statistics.newestActivity()).contains(sessions.get(ids.get(5)).summary().accessedAt());
        assertThat(statistics.bytes()).isPositive();
    }

    @Test
    void hasTheseSettings() {
        var keys = "k1:" + java.util.Base64.getEncoder().encodeToString(new byte[32]);
        var settings = SessionSettings.from(Configuration.load(
                Map.of("howdah.sessions.per-user-max", "5", "howdah.sessions.encryption-keys", keys),
                Map.of("SESSION_DEFAULT_TTL", "3600"), Path.of("none.yml")));
        assertThat(settings.idleTimeout()).isEqualTo(Duration.ofHours(1));
        assertThat(settings.perUserMax()).isEqualTo(5);
        assertThat(settings.toString()).contains("k1").doesNotContain(keys.substring(3));
        assertThat(SessionSettings.defaults()).satisfies(defaults -> {
            assertThat(defaults.rotationOverlap()).isEqualTo(Duration.ofSeconds(10));
            assertThat(defaults.touchInterval()).isEqualTo(Duration.ofSeconds(60));
            assertThat(defaults.cleanupInterval()).isEqualTo(Duration.ofHours(1));
            assertThat(defaults.retention()).isEqualTo(Duration.ofDays(30));
        });
        var wrong = Configuration.of(Map.of("howdah.sessions.idle-timeout", "40d",
                "howdah.sessions.rotation-overlap", "1h", "howdah.sessions.cleanup-interval", "0s",
                "howdah.sessions.encryption-keys", "k1:short"));
        SessionSettings.from(wrong);
        assertThatThrownBy(wrong::check).hasMessageContaining("absolute-timeout").hasMessageContaining("longer than 5m")
                .hasMessageContaining("cleanup-interval").hasMessageContaining("openssl rand");
    }
}
