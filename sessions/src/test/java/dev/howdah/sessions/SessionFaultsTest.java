package dev.howdah.sessions;

import static dev.howdah.sessions.TestSessions.attributes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConflictException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.NotFoundException;
import dev.howdah.postgres.TcpProxy;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.IntNode;

/** Many at once, and what fails in the middle. */
class SessionFaultsTest {
    private static final int WRITERS = 64;
    private final TestSessions test = TestSessions.open(SessionSettings.defaults().withLimits(10_000, 1 << 20, 1000)
            .withCleanupBatch(50));
    private final Sessions sessions = test.sessions;

    private static void runAll(List<Callable<Void>> tasks) throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(tasks)) {
                done.get();
            }
        }
    }

    @Test
    void losesNoAttributeUnderManyWriters() throws Exception {
        var id = sessions.create(NewSession.anonymous().withAttributes(attributes("{'shared': 0}"))).id();
        var tasks = new ArrayList<Callable<Void>>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            tasks.add(() -> {
                for (int n = 0; n < 20; n++) {
                    sessions.update(id, SessionChange.setting(Map.of("w" + writer + "-" + n, IntNode.valueOf(n),
                            "shared", IntNode.valueOf(writer))));
                    if (n > 0) {
                        sessions.update(id, SessionChange.removing(Set.of("w" + writer + "-" + (n - 1))));
                    }
                }
                return null;
            });
        }
        runAll(tasks);
        var session = sessions.get(id);
        assertThat(session.attributes().keySet()).containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(0, WRITERS)
                .mapToObj(i -> i == WRITERS ? "shared" : "w" + i + "-19").toList());
        assertThat(session.version()).as("each change counted").isEqualTo(1 + WRITERS * 39L);
    }

    @Test
    void makesTheSameNewAttributeByManyAtOnceWithoutAnError() throws Exception {
        var id = sessions.create(NewSession.anonymous()).id();
        Callable<Void> write = () -> {
            sessions.update(id, SessionChange.setting(attributes("{'new': {'same': true}}")));
            return null;
        };
        runAll(IntStream.range(0, WRITERS).mapToObj(_ -> write).toList());
        assertThat(TestSessions.text(sessions.get(id))).isEqualTo("{'new':{'same':true}}");
    }

    @Test
    void letsEachOptimisticWriteWinOnce() throws Exception {
        var id = sessions.create(NewSession.anonymous().withAttributes(attributes("{'n': 0}"))).id();
        Callable<Void> increment = () -> {
            while (true) {
                var read = sessions.get(id);
                try {
                    int n = read.attributes().getOrDefault("n", IntNode.valueOf(0)).asInt();
                    sessions.update(id, SessionChange.setting(Map.of("n", IntNode.valueOf(n + 1)))
                            .expecting(read.version()));
                    return null;
                } catch (ConflictException e) {
                    Thread.onSpinWait();
                }
            }
        };
        runAll(IntStream.range(0, 16).mapToObj(_ -> increment).toList());
        assertThat(TestSessions.text(sessions.get(id))).isEqualTo("{'n':16}");
    }

    @Test
    void holdsTheLimitUnderManyWriters() throws Exception {
        var small = test.with(SessionSettings.defaults().withLimits(10, 10_000, 100)).sessions;
        var id = small.create(NewSession.anonymous()).id();
        runAll(IntStream.range(0, WRITERS).<Callable<Void>>mapToObj(i -> () -> {
            try {
                small.update(id, SessionChange.setting(Map.of("a" + i, IntNode.valueOf(i))));
            } catch (LimitExceededException e) {
                assertThat(e.code()).isEqualTo("session-too-large");
            }
            return null;
        }).toList());
        assertThat(small.get(id).attributes()).hasSize(10);
    }

    @Test
    void cleansUpBesideRequestsWithoutADeadlock() throws Exception {
        var ids = IntStream.range(0, 200).mapToObj(i -> sessions.create(NewSession.of("user-" + i % 10)).id()).toList();
        var requestsRun = new AtomicBoolean(true);
        var expired = new AtomicLong();
        var tasks = new ArrayList<Callable<Void>>();
        for (int i = 0; i < 8; i++) {
            tasks.add(() -> {
                var random = ThreadLocalRandom.current();
                for (int n = 0; n < 150; n++) {
                    request(ids.get(random.nextInt(ids.size())), random.nextInt(8), "user-" + random.nextInt(10));
                }
                return null;
            });
        }
        var cleaners = IntStream.range(0, 3).<Callable<Void>>mapToObj(_ -> () -> {
            while (requestsRun.get()) {
                expired.addAndGet(sessions.upkeep().runOnce().expired());
            }
            return null;
        }).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var cleaning = cleaners.stream().map(threads::submit).toList();
            runAll(tasks);
            requestsRun.set(false);
            for (var done : cleaning) {
                done.get();
            }
        }
        expired.addAndGet(sessions.upkeep().runOnce().expired());
        assertThat(expired.get()).isPositive().isEqualTo(test.value(
                "SELECT count(*) FROM sessions WHERE end_reason = 'expired'", Long.class));
        assertThat(
                test.value("SELECT count(*) FROM sessions WHERE ended_at IS NULL AND expires_at <= now()", Long.class))
                .isZero();
        assertThat(test.value("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()", Long.class))
                .isZero();
    }

    private void request(SessionId id, int kind, String user) {
        try {
            switch (kind) {
                case 0 -> test.age(id, "2 d");
                case 1 -> sessions.revokeAll(user);
                case 2 -> sessions.delete(id);
                case 3 -> sessions.create(NewSession.of(user));
                case 4 -> sessions.close();
                case 5 -> sessions.touch(id);
                default -> sessions.update(id, SessionChange.setting(attributes("{'n': " + kind + "}")));
            }
        } catch (NotFoundException e) {
            assertThat(e.code()).isEqualTo("session-not-found");
        }
    }

    @Test
    void doesNotWaitForRowsThatARequestHolds() {
        var held = sessions.create(NewSession.of("ada")).id();
        var free = sessions.create(NewSession.of("ada")).id();
        test.age(held, "2 d");
        test.age(free, "2 d");
        test.database.useTransaction(tx -> {
            tx.handle().createUpdate("UPDATE sessions SET user_agent = 'busy' WHERE id_hash = :hash")
                    .bind("hash", held.hash()).execute();
            var elsewhere = CompletableFuture.supplyAsync(() -> sessions.upkeep().runOnce()); // this thread has the rows
            assertThat(elsewhere.join().expired()).isEqualTo(1);
        });
        assertThat(sessions.upkeep().runOnce().expired()).isEqualTo(1);
    }

    @Test
    void endsExpiredOnesInBatchesAndDeletesThemAMonthLater() {
        var ids = IntStream.range(0, 120).mapToObj(_ -> sessions.create(NewSession.of("ada")).id()).toList();
        ids.subList(0, 110).forEach(id -> test.age(id, "2 d"));
        assertThat(sessions.upkeep().runOnce()).isEqualTo(new SessionUpkeep.Cleaned(110, 0));
        assertThat(sessions.upkeep().runOnce()).isEqualTo(new SessionUpkeep.Cleaned(0, 0));
        ids.subList(0, 105).forEach(id -> test.age(id, "30 d 1 s"));
        assertThat(sessions.upkeep().runOnce()).isEqualTo(new SessionUpkeep.Cleaned(0, 105));
        assertThat(test.value("SELECT count(*) FROM sessions", Long.class)).isEqualTo(15);
        assertThat(sessions.activeCount()).isEqualTo(10);
    }

    @Test
    void looksAfterItselfOnceStarted() {
        var quick = SessionSettings.from(Configuration.of(
                Map.of("howdah.sessions.cleanup-interval", "100ms")));
        var id = sessions.create(NewSession.of("ada")).id();
        test.age(id, "2 d");
        try (var upkeep = test.with(quick).sessions.upkeep()) {
            upkeep.start();
            await().atMost(Duration.ofSeconds(20)).until(() -> sessions.statistics().active() == 0
                    && test.value("SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL", Long.class) == 1);
        }
    }

    @Test
    void writesTouchesByItselfAndSurvivesALostDatabase() {
        var settings = TestDatabase.settings().withPool(5, 0);
        var proxy = TcpProxy.cutOff(settings);
        proxy.heal();
        var through = TestSessions.open(proxy.through(settings), SessionSettings.defaults());
        var id = through.sessions.create(NewSession.of("ada")).id();
        through.age(id, "2 min");
        var before = through.sessions.get(id).summary().accessedAt();
        proxy.cut();
        through.sessions.close(); // cannot be written, and is not an error of the request
        assertThatThrownBy(() -> through.sessions.get(id)).isInstanceOf(UnavailableException.class);
        proxy.heal();
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions()
                .until(() -> through.sessions.get(id).summary().accessedAt().isAfter(before));
        proxy.close();
    }

    @Test
    void isAsBeforeWhenTheConnectionIsLostInTheMiddleOfAWrite() {
        var writes = Map.<String, BiConsumer<Transaction, SessionId>>of(
                "create", (tx, id) -> sessions.create(tx, NewSession.of("ada")),
                "update", (tx, id) -> sessions.update(tx, id, SessionChange.setting(attributes("{'n': 2}"))),
                "touch", (tx, id) -> sessions.touch(tx, id),
                "extend", (tx, id) -> sessions.extend(tx, id, Duration.ofHours(1)),
                "rotate", (tx, id) -> sessions.rotate(tx, id, Rotation.signIn("bob")),
                "delete", (tx, id) -> sessions.delete(tx, id),
                "revoke", (tx, id) -> sessions.revoke(tx, List.of(sessions.find(tx, id).orElseThrow().summary()
                        .handle())),
                "revoke all", (tx, id) -> sessions.revokeAll(tx, "ada"));
        var id = sessions.create(NewSession.of("ada").withAttributes(attributes("{'n': 1}"))).id();
        test.age(id, "2 min");
        var before = rows();
        writes.forEach((name, write) -> {
            assertThatThrownBy(() -> test.database.useTransaction(tx -> {
                write.accept(tx, id);
                assertThat(rows(tx)).as(name).isNotEqualTo(before);
                endConnection(tx);
            })).as(name).isInstanceOf(UnavailableException.class);
            assertThat(rows()).as(name).isEqualTo(before);
        });
        assertThat(TestSessions.text(sessions.get(id))).isEqualTo("{'n':1}");
    }

    private void endConnection(Transaction tx) {
        int process = tx.handle().createQuery("SELECT pg_backend_pid()").mapTo(Integer.class).one();
        test.database.withHandle(handle -> handle.createQuery("SELECT pg_terminate_backend(:process, 10000)")
                .bind("process", process).mapTo(Boolean.class).one());
    }

    private static final String ROWS = "SELECT string_agg(sessions::text, ' ' ORDER BY id) FROM sessions";

    private String rows() {
        return test.value(ROWS, String.class);
    }

    private static String rows(Transaction tx) {
        return tx.handle().createQuery(ROWS).mapTo(String.class).one();
    }

    @Test
    void endsSessionsInOppositeOrdersWithoutADeadlock() throws Exception {
        var handles = IntStream.range(0, 50).mapToObj(_ -> sessions.create(NewSession.of("ada")).session().summary()
                .handle()).toList();
        var tasks = new ArrayList<Callable<Void>>();
        for (List<UUID> order : List.of(handles, handles.reversed(), handles, handles.reversed())) {
            tasks.add(() -> {
                sessions.revoke(order);
                return null;
            });
        }
        runAll(tasks);
        assertThat(sessions.activeCount()).isZero();
    }
}
