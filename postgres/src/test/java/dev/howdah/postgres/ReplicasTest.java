package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reads over a real primary and real standbys, which lag, freeze, die and are promoted. */
class ReplicasTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private final TestCluster cluster = TestCluster.start();
    private final List<Database> opened = new ArrayList<>();
    private Database database = open(cluster.settings(), cluster.replicas());

    @BeforeEach
    void prepare() {
        new Migrator(database, Migrations.ofModules("postgres")).up();
        database.useTransaction(tx -> tx.handle().execute("CREATE TABLE written (n bigint PRIMARY KEY)"));
        awaitReady(database);
    }

    @AfterEach
    void stop() {
        opened.forEach(Database::close);
        cluster.close();
    }

    @Test
    void whatIsAskedForDecidesWhoAnswers() {
        assertThat(database.read(ReplicasTest::who)).as("nothing is bound").isEqualTo("primary");
        assertThat(Database.reading(Consistency.strong(), () -> database.read(ReplicasTest::who))).isEqualTo("primary");
        assertThat(eventual(database, ReplicasTest::who)).isEqualTo("replica");
        assertThat(Database.reading(Consistency.eventual(), () -> database.withHandle(ReplicasTest::who)))
                .isEqualTo("primary");
        String within = Database.reading(Consistency.eventual(),
                () -> database.inTransaction(tx -> database.read(ReplicasTest::who)));
        assertThat(within).as("within a transaction").isEqualTo("primary");
        assertThat(
                Database.reading(Consistency.bounded(Duration.ofSeconds(20)), () -> database.read(ReplicasTest::who)))
                .isEqualTo("replica");
        assertThat(Database.reading(Consistency.bounded(Duration.ZERO), () -> database.read(ReplicasTest::who)))
                .as("nobody can prove it").isEqualTo("primary");
        write(1);
        var token = database.token().orElseThrow();
        await().atMost(LIMIT).until(() -> with(token, database, ReplicasTest::who)
                .equals("replica"));
        var unknown = new ConsistencyToken(token.timeline() + 1, token.position());
        assertThat(with(unknown, database, ReplicasTest::who)).isEqualTo("primary");
        assertThat(database.isCurrent(token)).isTrue();
        assertThat(database.isCurrent(unknown)).isFalse();
        var status = database.replicas().getFirst();
        assertThat(status.name()).isEqualTo(cluster.standby(0).address());
        assertThat(status.breaker()).isEqualTo("closed");
        assertThat(status.reads()).isPositive();
        assertThat(status.lag()).isPresent();
        var routing = database.routing();
        assertThat(routing.primary()).isEqualTo(2);
        assertThat(routing.replica()).isPositive();
        assertThat(routing.fallback()).isPositive();
    }

    @Test
    void aWriteOnAReplicaIsAnError() {
        assertThatThrownBy(() -> Database.reading(Consistency.eventual(),
                () -> database.read(handle -> handle.execute("INSERT INTO written VALUES (1)"))))
                .hasMessageContaining("read-only");
        assertThat(database.withHandle(ReplicasTest::last)).isZero();
    }

    @Test
    void whoWritesAndReadsWithTheTokenSeesIt() throws Exception {
        var patient = open(cluster.settings(), cluster.replicas().withWaitMax(Duration.ofSeconds(5)));
        awaitReady(patient);
        int threads = 8;
        int pairs = 300;
        var stale = new AtomicInteger();
        var staleUnrouted = new AtomicInteger();
        var last = new AtomicInteger();
        everywhere(threads, () -> {
            for (int i = 0; i < pairs; i++) {
                long n = last.incrementAndGet();
                patient.withHandle(handle -> handle.execute("INSERT INTO written VALUES (?)", n));
                if (!eventual(patient, has(n))) {
                    staleUnrouted.incrementAndGet();
                }
                var token = patient.token().orElseThrow();
                if (!with(token, patient, has(n))) {
                    stale.incrementAndGet();
                }
            }
        });
        assertThat(stale).hasValue(0);
        assertThat(staleUnrouted).as("without a token, so the test can see one").hasPositiveValue();
        var routing = patient.routing();
        assertThat(routing.replica() + routing.waited()).as(routing.toString())
                .isGreaterThan((long) (0.8 * 2 * threads * pairs));
    }

    @Test
    void aTokenCoversWhatIsCommittedWithoutWaitingForTheDisk() {
        for (int i = 1; i <= 200; i++) {
            long n = i;
            database.useTransaction(tx -> {
                tx.handle().execute("SET LOCAL synchronous_commit = off");
                tx.handle().execute("INSERT INTO written VALUES (?)", n);
            });
            var token = database.token().orElseThrow();
            assertThat(with(token, database, has(n))).isTrue();
        }
    }

    @Test
    void aReplicaThatLagsAnswersOnlyWhatItHas() {
        write(1);
        var before = database.token().orElseThrow();
        await().atMost(LIMIT).until(() -> with(before, database, ReplicasTest::who)
                .equals("replica"));
        cluster.standby(0).pauseReplay();
        write(2);
        var after = database.token().orElseThrow();
        assertThat(with(after, database, ReplicasTest::last)).isEqualTo(2);
        assertThat(with(before, database, ReplicasTest::who)).isEqualTo("replica");
        assertThat(eventual(database, ReplicasTest::last)).isEqualTo(1);
        await().atMost(LIMIT).until(() -> Database.reading(Consistency.bounded(Duration.ofMillis(300)),
                () -> database.read(ReplicasTest::who)).equals("primary"));
        assertThat(database.replicas().getFirst().lagBytes().orElseThrow()).isPositive();
        var strict = open(cluster.settings(), withLagMax(Duration.ofMillis(500)));
        await().atMost(LIMIT).until(() -> strict.replicas().getFirst().state() == ReplicaStatus.State.LAGGING);
        assertThat(eventual(strict, ReplicasTest::last)).isEqualTo(2);
        cluster.standby(0).resumeReplay();
        awaitReady(strict);
        await().atMost(LIMIT).until(() -> with(after, database, ReplicasTest::who)
                .equals("replica"));
    }

    @Test
    void aFrozenReplicaIsTakenOutAndItsReadsAreRepeated() throws Exception {
        cluster.standby(0).execute("SELECT 1");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var reading = new CountDownLatch(4);
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 4; i++) {
                answers.add(
                        threads.submit(() -> Database.reading(Consistency.eventual(), () -> database.read(handle -> {
                            var who = who(handle);
                            reading.countDown();
                            if (who.equals("replica")) {
                                handle.execute("SELECT pg_sleep(60)");
                            }
                            return who;
                        }))));
            }
            assertThat(reading.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            cluster.standby(0).freeze();
            for (var answer : answers) {
                assertThat(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("primary");
            }
        }
        assertThat(eventual(database, ReplicasTest::who)).isEqualTo("primary");
        assertThat(database.replicas().getFirst().state()).isEqualTo(ReplicaStatus.State.UNREACHABLE);
        assertThat(database.replicas().getFirst().problem()).contains("does not answer");
        assertThat(database.routing().repeated()).isEqualTo(4);
        cluster.standby(0).thaw();
        awaitReady(database);
        assertThat(eventual(database, ReplicasTest::who)).isEqualTo("replica");
    }

    @Test
    void withoutReplicasThePrimaryAnswersSoManyAndRefusesTheRest() throws Exception {
        var few = open(cluster.settings(), cluster.replicas().withDivertedReadsMax(2));
        awaitReady(few);
        cluster.standby(0).kill();
        await().atMost(LIMIT).until(() -> !few.replicas().getFirst().isReady());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = new CountDownLatch(1);
            var reading = new CountDownLatch(2);
            for (int i = 0; i < 2; i++) {
                threads.execute(() -> Database.reading(Consistency.eventual(), () -> few.read(handle -> {
                    reading.countDown();
                    hold(done);
                    return who(handle);
                })));
            }
            assertThat(reading.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> eventual(few, ReplicasTest::who))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("the primary answers 2 reads in their place already")
                    .extracting(e -> ((UnavailableException) e).code()).isEqualTo("reads-shed");
            assertThat(Database.reading(Consistency.strong(), () -> few.read(ReplicasTest::who))).isEqualTo("primary");
            done.countDown();
        }
        assertThat(few.routing().shed()).isEqualTo(1);
        assertThat(few.routing().diverted()).isGreaterThanOrEqualTo(2);
        cluster.standby(0).start();
        awaitReady(few);
        assertThat(eventual(few, ReplicasTest::who)).isEqualTo("replica");
    }

    @Test
    void whatWasPromotedByAccidentIsTakenOut() {
        write(1);
        cluster.standby(0).promote();
        await().atMost(LIMIT).until(() -> database.replicas().getFirst().state() == ReplicaStatus.State.PROMOTED);
        cluster.standby(0).execute("INSERT INTO written VALUES (99)");
        write(2);
        var token = database.token().orElseThrow();
        assertThat(eventual(database, ReplicasTest::last)).isEqualTo(2);
        assertThat(with(token, database, ReplicasTest::last)).isEqualTo(2);
        assertThat(database.replicas().getFirst().problem()).contains("promoted", "howdah.database.replicas");
    }

    @Test
    void whatRecoveryCancelsIsRepeatedOnThePrimary() throws Exception {
        cluster.standby(0).execute("ALTER SYSTEM SET max_standby_streaming_delay = '50ms'");
        cluster.standby(0).execute("SELECT pg_reload_conf()");
        write(1);
        var token = database.token().orElseThrow();
        await().atMost(LIMIT).until(() -> with(token, database, ReplicasTest::who)
                .equals("replica"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var reading = new CountDownLatch(1);
            var answer = threads.submit(() -> Database.reading(Consistency.eventual(), () -> database.read(handle -> {
                if (who(handle).equals("primary")) {
                    return "repeated";
                }
                handle.begin();
                handle.execute("LOCK TABLE written IN ACCESS SHARE MODE");
                reading.countDown();
                handle.execute("SELECT pg_sleep(60)");
                return "not cancelled";
            })));
            assertThat(reading.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            database.useTransaction(tx -> tx.handle().execute("TRUNCATE written"));
            assertThat(answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("repeated");
        }
        assertThat(database.routing().repeated()).isEqualTo(1);
        assertThat(database.replicas().getFirst().isReady()).as("that is no fault of its own").isTrue();
    }

    @Test
    void writesGoOnAfterAFailoverAndTokensStayTrue() {
        var following = open(cluster.failoverSettings(), cluster.replicas());
        awaitReady(following);
        long n = 1;
        following.withHandle(handle -> handle.execute("INSERT INTO written VALUES (1)"));
        var before = following.token().orElseThrow();
        await().atMost(LIMIT).until(() -> with(before, following, ReplicasTest::who)
                .equals("replica"));
        cluster.primary().kill();
        cluster.standby(0).promote();
        await().atMost(LIMIT).ignoreExceptions().until(() -> following.withHandle(
                handle -> handle.execute("INSERT INTO written VALUES (2)")) == 1);
        var after = following.token().orElseThrow();
        assertThat(after.timeline()).isEqualTo(before.timeline() + 1);
        assertThat(with(after, following, ReplicasTest::last)).isEqualTo(2);
        assertThat(with(before, following, has(n))).isTrue();
        assertThat(with(before, following, ReplicasTest::who))
                .as("positions of timelines cannot be compared").isEqualTo("primary");
        assertThat(following.isCurrent(after)).isTrue();
        await().atMost(LIMIT).until(() -> following.replicas().getFirst().state() == ReplicaStatus.State.PRIMARY);
        cluster.primary().start();
        var all = open(cluster.settings().atReplica(cluster.standby(0).address()),
                ReplicaSettings.of(cluster.standby(0).address(),
                        cluster.primary().address()));
        await().atMost(LIMIT).until(() -> all.replicas().stream().map(ReplicaStatus::state).toList().equals(List.of(
                ReplicaStatus.State.PRIMARY, ReplicaStatus.State.PROMOTED)));
    }

    @Test
    void writesGoOnElsewhereWhenThePrimaryFreezes() {
        // A statement that is under way ends ten seconds after its own limit.
        var following = open(cluster.failoverSettings(), cluster.replicas(), Duration.ofSeconds(1));
        awaitReady(following);
        following.withHandle(handle -> handle.execute("INSERT INTO written VALUES (1)"));
        cluster.primary().freeze();
        cluster.standby(0).promote();
        await().atMost(LIMIT).ignoreExceptions().until(() -> following.withHandle(
                handle -> handle.execute("INSERT INTO written VALUES (2)")) == 1);
        assertThat(following.withHandle(ReplicasTest::last)).isEqualTo(2);
    }

    @Test
    void readsGoOnWithoutThePrimary() {
        write(1);
        var token = database.token().orElseThrow();
        await().atMost(LIMIT).until(() -> with(token, database, ReplicasTest::who)
                .equals("replica"));
        cluster.primary().kill();
        assertThat(eventual(database, ReplicasTest::last)).isEqualTo(1);
        assertThat(with(token, database, ReplicasTest::last)).isEqualTo(1);
        assertThatThrownBy(() -> database.read(ReplicasTest::who)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(database::token).isInstanceOf(UnavailableException.class);
    }

    private Database open(DatabaseSettings settings, ReplicaSettings replicas) {
        return open(settings, replicas, settings.statementTimeout());
    }

    private Database open(DatabaseSettings settings, ReplicaSettings replicas, Duration statementTimeout) {
        var made = Database.open(new DatabaseSettings(settings.url(), settings.user(), settings.password(),
                settings.schema(), 20, 0, settings.maxLifetime(), settings.idleTimeout(), Duration.ofSeconds(1),
                statementTimeout, false, settings.slowQuery()), replicas);
        opened.add(made);
        return made;
    }

    private ReplicaSettings withLagMax(Duration lagMax) {
        return ReplicaSettings.from(Configuration.of(Map.of("howdah.database.replicas", cluster.standby(0).address(),
                "howdah.database.replica-lag-max", lagMax.toMillis() + "ms")));
    }

    private static String who(Handle handle) {
        return handle.createQuery("SELECT CASE WHEN pg_is_in_recovery() THEN 'replica' ELSE 'primary' END")
                .mapTo(String.class).one();
    }

    private static long last(Handle handle) {
        return handle.createQuery("SELECT coalesce(max(n), 0) FROM written").mapTo(Long.class).one();
    }

    private static <T> T eventual(Database asked, Function<Handle, T> work) {
        return Database.reading(Consistency.eventual(), () -> asked.read(work));
    }

    private static <T> T with(ConsistencyToken token, Database asked, Function<Handle, T> work) {
        return Database.reading(Consistency.session(token), () -> asked.read(work));
    }

    private void write(long n) {
        database.withHandle(handle -> handle.execute("INSERT INTO written VALUES (?)", n));
    }

    private static Function<Handle, Boolean> has(long n) {
        return handle -> handle.createQuery("SELECT EXISTS (SELECT 1 FROM written WHERE n = :n)").bind("n", n)
                .mapTo(Boolean.class).one();
    }

    private static void awaitReady(Database database) {
        await().atMost(LIMIT).until(() -> database.replicas().stream().allMatch(ReplicaStatus::isReady));
    }

    private static void everywhere(int threads, Runnable work) throws Exception {
        try (var executor = Executors.newFixedThreadPool(threads)) {
            var ends = new ArrayList<Future<?>>();
            for (int i = 0; i < threads; i++) {
                ends.add(executor.submit(work));
            }
            for (var end : ends) {
                end.get(LIMIT.toSeconds() * 2, TimeUnit.SECONDS);
            }
        }
    }

    private static void hold(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
