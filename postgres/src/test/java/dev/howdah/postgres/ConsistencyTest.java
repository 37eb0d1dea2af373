package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsistencyTest {
    private static final long PAGE = 8192;
    private static final long SEGMENT = 16 << 20;

    @Test
    void aTokenIsReadAsItWasWritten() {
        for (var token : new ConsistencyToken[]{new ConsistencyToken(1, 0), new ConsistencyToken(7, 0x16_B374D848L),
                new ConsistencyToken(-1, -1)}) {
            assertThat(ConsistencyToken.parse(token.text())).contains(token);
            assertThat(token.text()).matches("[A-Za-z0-9_-]{20,30}");
        }
        assertThat(new ConsistencyToken(2, 0x16_B374D848L)).hasToString("2:16/B374D848");
        assertThat(WalPosition.parse("16/B374D848")).isEqualTo(0x16_B374D848L);
    }

    @Test
    void whatIsDamagedIsNoToken() {
        var text = new ConsistencyToken(3, 0x1_0000_2000L).text();
        var bytes = Base64.getUrlDecoder().decode(text);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            var damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(ConsistencyToken.parse(Base64.getUrlEncoder().withoutPadding().encodeToString(damaged)))
                    .isEmpty();
        }
        for (var other : new String[]{"", "x", text + "A", text.substring(1), "!".repeat(23), "A".repeat(100_000)}) {
            assertThat(ConsistencyToken.parse(other)).as(other).isEmpty();
        }
    }

    @Test
    void theLaterTokenIsOfTheLaterTimeline() {
        var old = new ConsistencyToken(1, 100);
        var later = new ConsistencyToken(1, 200);
        var afterFailover = new ConsistencyToken(2, 50);
        assertThat(old.later(later)).isEqualTo(later).isEqualTo(later.later(old));
        assertThat(later.later(afterFailover)).isEqualTo(afterFailover);
    }

    @Test
    void readsWhatAHeaderSays() {
        assertThat(Consistency.parse("Strong")).contains(Consistency.strong());
        assertThat(Consistency.parse(" eventual ")).contains(Consistency.eventual());
        assertThat(Consistency.parse("bounded=500ms")).contains(Consistency.bounded(Duration.ofMillis(500)));
        var token = new ConsistencyToken(1, 77);
        assertThat(Consistency.parse(token.text())).contains(Consistency.session(token));
        for (var wrong : new String[]{"", "weak", "bounded", "bounded=", "bounded=-1s", "bounded=soon"}) {
            assertThat(Consistency.parse(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void theEndOfTheLogIsBeforeTheHeaderOfAPageThatNobodyHasWrittenTo() {
        assertThat(WalPosition.endOf(5 * PAGE + 24, PAGE, SEGMENT)).isEqualTo(5 * PAGE);
        assertThat(WalPosition.endOf(3 * SEGMENT + 40, PAGE, SEGMENT)).isEqualTo(3 * SEGMENT);
        for (long inside : new long[]{5 * PAGE, 5 * PAGE + 40, 5 * PAGE + 48, 3 * SEGMENT + 64}) {
            assertThat(WalPosition.endOf(inside, PAGE, SEGMENT)).isEqualTo(inside);
        }
        assertThat(WalPosition.timelineOf("0000000A0000000100000002")).isEqualTo(10);
    }

    @Test
    void settingsAreReadByTheirNamesAndByThoseOfOthers() throws Exception {
        var settings = ReplicaSettings.from(Configuration.load(Map.of("howdah.database.replica-wait", "25ms"),
                Map.of("RAD_DB_REPLICAS", "one, ,two:5433,,"), java.nio.file.Path.of("none")));
        assertThat(settings.addresses()).containsExactly("one", "two:5433");
        assertThat(settings.waitMax()).isEqualTo(Duration.ofMillis(25));
        assertThat(settings).hasToString("replicas=2 pool=3..10 waitMax=PT0.025S lagMax=PT30S poll=PT0.1S timeout=PT1S "
                + "divertedReadsMax=15 readConsistency=Strong[]");
        assertThat(ReplicaSettings.none().hasReplicas()).isFalse();
        assertThatThrownBy(() -> {
            var wrong = Configuration.of(Map.of("howdah.database.replicas", "user:secret@host",
                    "howdah.database.replica-poll",
                    "1ms", "howdah.database.read-consistency", "weak", "howdah.database.replica-pool-min-idle", "11"));
            ReplicaSettings.from(wrong);
            wrong.check();
        }).isInstanceOf(ConfigurationException.class).message().contains("use host, host:port or",
                "replica-poll is 1ms; use at least 10ms", "replica-pool-min-idle is 11 and replica-pool-max 10")
                .doesNotContain("secret");
    }

    @Test
    void aUrlWithSeveralHostsFollowsAFailover() {
        var several = DatabaseSettings.of("jdbc:postgresql://one:5432,two/howdah?hostRecheckSeconds=3&ssl=true", "me",
                "secret", "howdah");
        assertThat(several.url()).isEqualTo("jdbc:postgresql://one:5432,two/howdah?targetServerType=primary"
                + "&hostRecheckSeconds=3&connectTimeout=2&sslResponseTimeout=2000&loginTimeout=20&ssl=true");
        assertThat(several.inSchema("other").url()).isEqualTo(several.url());
        assertThat(several.atReplica("three:5433").url())
                .isEqualTo(
                        "jdbc:postgresql://three:5433/howdah?connectTimeout=2&sslResponseTimeout=2000&loginTimeout=20&ssl=true");
        var single = DatabaseSettings.of("jdbc:postgresql://one/howdah", "me", "secret", "howdah");
        assertThat(single.url()).isEqualTo("jdbc:postgresql://one/howdah");
        var other = single.atReplica("postgresql://reader:hidden@three:5433/copy");
        assertThat(other.url()).isEqualTo("jdbc:postgresql://three:5433/copy");
        assertThat(other.user()).isEqualTo("reader");
        assertThat(other.password()).isEqualTo("hidden");
        assertThat(single.atReplica("three").password()).isEqualTo("secret");
    }
}
