package dev.howdah.sessions;

import static dev.howdah.sessions.TestSessions.attributes;
import static dev.howdah.sessions.TestSessions.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.UnavailableException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What OWASP's ASVS 5 asks of sessions in its chapter 7, point by point, as far as it is ours to keep. */
class SessionSecurityTest {
    private static final String KEY_1 = "k1:" + Base64.getEncoder().encodeToString(filled(1));
    private static final String KEY_2 = "k2:" + Base64.getEncoder().encodeToString(filled(2));

    private final TestSessions test = TestSessions.open();
    private final Sessions sessions = test.sessions;

    private static byte[] filled(int value) {
        var bytes = new byte[32];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @Test
    void v721ChecksEachIdAgainstTheRowsOfTheBackend() {
        var id = sessions.create(NewSession.of("ada")).id();
        assertThat(test.with(SessionSettings.defaults()).sessions.find(id)).as("in any process").isPresent();
        test.database.withHandle(handle -> handle.execute("DELETE FROM sessions"));
        assertThat(sessions.find(id)).as("nothing is remembered").isEmpty();
    }

    @Test
    void v723MakesIdsOf256RandomBits() {
        var seen = new HashSet<String>();
        var ones = new int[256];
        int count = 2000;
        for (int i = 0; i < count; i++) {
            var text = SessionId.random().text();
            assertThat(text).matches("[A-Za-z0-9_-]{43}");
            assertThat(seen.add(text)).isTrue();
            var bytes = Base64.getUrlDecoder().decode(text);
            IntStream.range(0, 256).filter(bit -> (bytes[bit / 8] >> (bit % 8) & 1) == 1).forEach(bit -> ones[bit]++);
        }
        assertThat(Arrays.stream(ones)).as("each bit is one half of the time, within eight deviations")
                .allMatch(n -> Math.abs(n - count / 2) < 8 * Math.sqrt(count) / 2);
    }

    @Test
    void storesTheHashOfTheIdAndShowsTheIdNowhere() throws Exception {
        var created = sessions.create(NewSession.of("ada"));
        var id = created.id();
        var hash = MessageDigest.getInstance("SHA-256").digest(Base64.getUrlDecoder().decode(id.text()));
        assertThat(test.value("SELECT id_hash FROM sessions", byte[].class)).isEqualTo(hash);
        var row = test.value("SELECT sessions::text FROM sessions", String.class);
        assertThat(row).doesNotContain(id.text());
        assertThat(id.toString() + created + sessions.ofUser("ada")).doesNotContain(id.text());
        assertThatThrownBy(() -> SessionId.of(created.session().summary().handle().toString()))
                .as("the handle gives no access").isInstanceOf(NotFoundException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "chosen", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "' OR 1=1 --",
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "\u00e4AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void neverAdoptsAnIdThatACallerMadeUp(String text) {
        assertThatThrownBy(() -> sessions.get(SessionId.of(text))).isInstanceOfSatisfying(NotFoundException.class,
                e -> assertThat(e.code()).isEqualTo("session-not-found"));
        assertThat(sessions.activeCount()).isZero();
    }

    @Test
    void v724MakesANewIdAtASignInAndTheOldOneDiesAtOnce() {
        var planted = sessions.create(NewSession.anonymous().withAttributes(attributes("{'cart': 3}"))).id();
        var id = sessions.rotate(planted, Rotation.signIn("ada"));
        assertThat(id).isNotEqualTo(planted);
        assertThat(sessions.find(planted)).isEmpty();
        assertThat(text(sessions.get(id))).isEqualTo("{'cart':3}");
        assertThat(sessions.get(id).summary().user()).contains("ada");
        var admin = sessions.rotate(id, Rotation.privilegeChange());
        assertThat(sessions.find(id)).isEmpty();
        assertThat(sessions.get(admin).summary().user()).contains("ada");
    }

    @Test
    void renewsWithAnOverlapAfterWhichTheOldIdIsDead() {
        var old = sessions.create(NewSession.of("ada")).id();
        var id = sessions.rotate(old, Rotation.renewal());
        sessions.update(old, SessionChange.setting(attributes("{'late': 1}")));
        assertThat(text(sessions.get(id))).as("a request under way still writes").isEqualTo("{'late':1}");
        assertThat(sessions.get(old).summary().handle()).isEqualTo(sessions.get(id).summary().handle());
        test.age(id, "10 s");
        assertThat(sessions.find(old)).isEmpty();
        assertThat(sessions.delete(old)).isFalse();
        assertThatThrownBy(() -> sessions.rotate(old, Rotation.renewal())).isInstanceOf(NotFoundException.class);
        assertThat(sessions.find(id)).isPresent();
    }

    @Test
    void keepsOneOldIdOnlyWhenItIsRotatedTwice() {
        var first = sessions.create(NewSession.anonymous()).id();
        var second = sessions.rotate(first, Rotation.renewal());
        var third = sessions.rotate(second, Rotation.renewal(Duration.ofMinutes(5)));
        assertThat(sessions.find(first)).isEmpty();
        assertThat(sessions.find(second)).isPresent();
        sessions.update(third, SessionChange.setting(attributes("{'n': 1}")));
        assertThat(text(sessions.get(third))).isEqualTo("{'n':1}");
        assertThatThrownBy(() -> sessions.rotate(second, Rotation.signIn("mallory")))
                .as("the old id is good for requests under way, not for taking the session over")
                .isInstanceOf(ConflictException.class).hasMessageContaining("newer id");
        sessions.delete(second);
        assertThat(sessions.find(third)).as("an old id may still sign out").isEmpty();
    }

    @Test
    void letsOneOfManyRotationsAtOnceWin() throws Exception {
        var id = sessions.create(NewSession.of("ada")).id();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<List<SessionId>> rotate = () -> {
                try {
                    return List.of(sessions.rotate(id, Rotation.renewal()));
                } catch (ConflictException e) {
                    return List.of();
                }
            };
            var won = threads.invokeAll(IntStream.range(0, 16).mapToObj(_ -> rotate).toList()).stream()
                    .flatMap(future -> future.resultNow().stream()).toList();
            assertThat(won).hasSize(1);
            assertThat(sessions.find(won.getFirst())).isPresent();
        }
    }

    @Test
    void v731AndV732EndBothByDisuseAndByAge() {
        var unused = sessions.create(NewSession.anonymous().withTimeouts(Duration.ofMinutes(15), Duration.ofHours(8)))
                .id();
        test.age(unused, "15 min");
        assertThat(sessions.find(unused)).isEmpty();
        var used = sessions.create(NewSession.anonymous().withTimeouts(Duration.ofMinutes(15), Duration.ofHours(8)))
                .id();
        for (int i = 0; i < 34; i++) { // every 14 minutes for eight hours
            test.age(used, "14 min");
            sessions.update(used, SessionChange.none());
        }
        test.age(used, "4 min");
        assertThat(sessions.find(used)).isEmpty();
    }

    @Test
    void v741KeepsAnEndedSessionFromEveryUse() {
        var id = sessions.create(NewSession.of("ada").withAttributes(attributes("{'secret': 1}"))).id();
        assertThat(sessions.delete(id)).isTrue();
        assertThat(sessions.find(id)).isEmpty();
        assertThat(sessions.delete(id)).isFalse();
        assertThatThrownBy(() -> sessions.update(id, SessionChange.none())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> sessions.touch(id)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> sessions.extend(id, Duration.ofDays(1))).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> sessions.rotate(id, Rotation.renewal())).isInstanceOf(NotFoundException.class);
        assertThat(test.value("SELECT attributes::text FROM sessions", String.class))
                .as("what it held is gone at once").isEqualTo("{}");
    }

    @Test
    void v742AndV743EndAllSessionsOfAUserWhoIsDisabledOrHasANewPassword() {
        var stolen = sessions.create(NewSession.of("ada")).id();
        var current = sessions.create(NewSession.of("ada")).id();
        assertThat(sessions.revokeAllExcept("ada", current)).isEqualTo(1);
        assertThat(sessions.find(stolen)).isEmpty();
        assertThat(sessions.revokeAll("ada")).isEqualTo(1);
        assertThat(sessions.find(current)).isEmpty();
    }

    @Test
    void v752ShowsAUserTheirSessionsAndLetsThemEndAny() {
        sessions.create(NewSession.of("ada").withClient("192.0.2.7", "Firefox on Linux"));
        var mine = sessions.ofUser("ada").getFirst();
        assertThat(mine.ipAddress()).contains("192.0.2.7");
        assertThat(mine.userAgent()).contains("Firefox on Linux");
        assertThat(sessions.revoke(List.of(mine.handle()))).isEqualTo(1);
        assertThat(sessions.ofUser("ada")).isEmpty();
    }

    @Test
    void encryptsAttributesAndOpensThemWithOldKeysToo() {
        var first = test.with(SessionSettings.defaults().withEncryptionKeys(KEY_1)).sessions;
        var id = first.create(NewSession.of("ada").withAttributes(attributes("{'a': {'token': 'hush'}}"))).id();
        first.update(id, SessionChange.setting(attributes("{'b': 'hush'}")));
        assertThat(test.value("SELECT attributes::text FROM sessions", String.class)).contains("k1", "\"a\"")
                .doesNotContain("hush", "token");
        var both = test.with(SessionSettings.defaults().withEncryptionKeys(KEY_2 + "," + KEY_1)).sessions;
        assertThat(text(both.get(id))).isEqualTo("{'a':{'token':'hush'},'b':'hush'}");
        both.update(id, SessionChange.setting(attributes("{'b': 'again'}")));
        assertThat(test.value("SELECT attributes -> 'b' ->> '$sealed' FROM sessions", String.class)).isEqualTo("k2");
        assertThatThrownBy(() -> first.get(id)).isInstanceOf(UnavailableException.class)
                .hasMessageContaining("\"b\"").hasMessageContaining("howdah.sessions.encryption-keys");
        assertThat(sessions.ofUser("ada")).as("lists need no key").hasSize(1);
        var plain = sessions.create(NewSession.anonymous().withAttributes(attributes("{'n': 1}"))).id();
        assertThat(text(both.get(plain))).as("what was written before there were keys").isEqualTo("{'n':1}");
    }

    @Test
    void opensNoEncryptedAttributeInAnotherPlace() {
        var sealed = test.with(SessionSettings.defaults().withEncryptionKeys(KEY_1)).sessions;
        var admin = sealed.create(NewSession.of("root").withAttributes(attributes("{'admin': true}"))).id();
        var user = sealed.create(NewSession.of("ada").withAttributes(attributes("{'admin': false}"))).id();
        test.database.withHandle(handle -> handle.execute("""
            UPDATE sessions
               SET attributes = (SELECT attributes FROM sessions WHERE user_id = 'root')
             WHERE user_id = 'ada'
            """));
        assertThat(text(sealed.get(admin))).isEqualTo("{'admin':true}");
        assertThatThrownBy(() -> sealed.get(user)).isInstanceOf(UnavailableException.class);
    }
}
