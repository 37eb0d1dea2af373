package dev.howdah.postgres;

import dev.howdah.postgres.Consistency.Bounded;
import dev.howdah.postgres.Consistency.Eventual;
import dev.howdah.postgres.Consistency.Session;
import dev.howdah.postgres.Consistency.Strong;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who answers a read. What the caller asked for decides, never the statement; what is not known to be enough goes to
 * the primary.
 *
 * <p>A replica answers a read with a token once it is known to have replayed the token's position on the token's timeline.
 * Positions of different timelines cannot be compared, so a token from before a failover is answered by the primary. Which
 * timeline a replica is on is told by the row of {@code heartbeat} that it has replayed: the primary writes its timeline there,
 * and no replica of another timeline can have that row. PostgreSQL's own views tell it to privileged roles only.
 *
 * <p>Among several that may answer, two are drawn and the one with less to do is taken: to always take the best would send all
 * at once to whoever looked best a moment ago. If none may, the read waits a little for the first that will, then goes to the
 * primary. How many may do so at once is limited, so that an outage of the replicas does not become one of the primary.
 */
final class Replicas implements AutoCloseable {
    static final String POSITION = """
        SELECT pg_current_wal_insert_lsn(), pg_walfile_name(pg_current_wal_insert_lsn()),
               CAST(current_setting('wal_block_size') AS bigint), pg_size_bytes(current_setting('wal_segment_size'))
        """;
    static final String BEAT = """
        UPDATE heartbeat
           SET beaten_at = now(), timeline = :timeline
         WHERE id = 1
           AND (beaten_at < now() - INTERVAL '900 milliseconds' OR timeline <> :timeline)
        """;

    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);
    private static final Duration BEAT_EVERY = Duration.ofSeconds(1);
    /** How long a read waits for its turn on the primary before it is refused. */
    private static final Duration TURN_LIMIT = Duration.ofMillis(250);
    private static final int POSITIONS_AT_ONCE = 10_000;

    private final Database database;
    private final ReplicaSettings limits;
    private final List<Replica> replicas;
    private final PrimaryProgress primary = new PrimaryProgress();
    private final Waiters waiters = new Waiters();
    private final Semaphore turns;
    private final GroupCommit<Boolean, ConsistencyToken> positions = new GroupCommit<>(POSITIONS_AT_ONCE,
            asked -> Collections.nCopies(asked.size(), position()));
    private final LongAdder onPrimary = new LongAdder();
    private final LongAdder atOnce = new LongAdder();
    private final LongAdder waited = new LongAdder();
    private final LongAdder fallback = new LongAdder();
    private final LongAdder diverted = new LongAdder();
    private final LongAdder shed = new LongAdder();
    private final LongAdder repeated = new LongAdder();
    private final Times waits = new Times();
    private final Thread watcher;
    private volatile boolean closed;

    Replicas(Database database, ReplicaSettings limits) {
        this.database = database;
        this.limits = limits;
        this.turns = new Semaphore(limits.divertedReadsMax());
        this.replicas = limits.addresses().stream().map(address -> new Replica(
                database.settings().atReplica(address), limits, primary, waiters, database.metrics())).toList();
        this.watcher = Thread.ofPlatform().daemon().name("howdah-primary-progress").unstarted(this::watch);
    }

    void start() {
        watcher.start();
        replicas.forEach(Replica::start);
    }

    /** Who is to answer. */
    private record Choice(Optional<Replica> replica, LongAdder decision) {}

    <T> T read(Consistency consistency, Function<Handle, T> work) {
        if (consistency instanceof Strong) {
            onPrimary.increment();
            return database.withHandle(work);
        }
        var choice = choose(consistency);
        if (choice.replica.isEmpty()) {
            return inTurn(work, choice.decision);
        }
        var replica = choice.replica.get();
        try {
            T result = replica.read(work);
            choice.decision.increment();
            return result;
        } catch (JdbiException e) {
            if (!replica.isToBeRepeated(e)) {
                throw e;
            }
            choice.decision.increment();
            return inTurn(work, repeated);
        }
    }

    private Choice choose(Consistency consistency) {
        long now = System.nanoTime();
        return switch (consistency) {
            case Strong _ -> new Choice(Optional.empty(), onPrimary);
            case Session(var token) -> {
                var known = draw(replica -> replica.has(token), now);
                yield known.isPresent() ? new Choice(known, atOnce) : await(token);
            }
            case Bounded(var staleness) -> within(staleness, now);
            case Eventual _ -> within(limits.lagMax(), now);
        };
    }

    private Choice within(Duration staleness, long now) {
        var known = draw(replica -> replica.isWithin(staleness, now), now);
        return known.isPresent() ? new Choice(known, atOnce) : new Choice(known, withoutReplica());
    }

    private LongAdder withoutReplica() {
        return replicas.stream().anyMatch(Replica::isFollowing) ? fallback : diverted;
    }

    private Choice await(ConsistencyToken token) {
        if (!primary.isOn(token.timeline()) || replicas.stream().noneMatch(Replica::isFollowing)) {
            return new Choice(Optional.empty(), withoutReplica());
        }
        long begin = System.nanoTime();
        var served = waiters.await(token, limits.waitMax(), () -> replicas.forEach(Replica::hurry));
        waits.add(System.nanoTime() - begin);
        return new Choice(served, served.isPresent() ? waited : withoutReplica());
    }

    /** The cheaper of two that may. */
    private Optional<Replica> draw(Predicate<Replica> may, long now) {
        if (replicas.size() == 1) {
            return may.test(replicas.getFirst()) ? Optional.of(replicas.getFirst()) : Optional.empty();
        }
        var able = replicas.stream().filter(may).toList();
        if (able.size() < 2) {
            return able.stream().findFirst();
        }
        var random = ThreadLocalRandom.current();
        int one = random.nextInt(able.size());
        int other = (one + 1 + random.nextInt(able.size() - 1)) % able.size();
        return Optional.of(able.get(able.get(one).cost(now) <= able.get(other).cost(now) ? one : other));
    }

    /** On the primary, as far as it may answer in place of replicas. */
    private <T> T inTurn(Function<Handle, T> work, LongAdder decision) {
        try {
            if (!turns.tryAcquire() && !turns.tryAcquire(TURN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                shed.increment();
                throw new UnavailableException("reads-shed", "no replica can answer, and the primary answers "
                        + limits.divertedReadsMax() + " reads in their place already",
                        "try again; howdah replicas tells what is wrong with them", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("interrupted", "waiting for a turn on the primary was interrupted", "", e);
        }
        decision.increment();
        try {
            return database.withHandle(work);
        } finally {
            turns.release();
        }
    }

    /** How far the primary is; callers at the same time share a question. */
    ConsistencyToken token() {
        return positions.write(List.of(true)).getFirst();
    }

    /** Whether the primary is on the token's timeline, so that replicas may answer for the token. */
    boolean isCurrent(ConsistencyToken token) {
        return primary.isOn(token.timeline());
    }

    private ConsistencyToken position() {
        return database.withHandle(Replicas::position);
    }

    private static ConsistencyToken position(Handle handle) {
        return handle.createQuery(POSITION).map((row, context) -> new ConsistencyToken(
                WalPosition.timelineOf(row.getString(2)), WalPosition.endOf(WalPosition.parse(row.getString(1)),
                        row.getLong(3), row.getLong(4))))
                .one();
    }

    /** Notes how far the primary is, and writes the heartbeat. */
    private void watch() {
        long nextBeat = System.nanoTime();
        while (!closed) {
            try {
                long asked = System.nanoTime();
                boolean isBeat = asked - nextBeat >= 0;
                var at = database.withHandle(handle -> {
                    var found = position(handle);
                    if (isBeat || !primary.isOn(found.timeline())) {
                        beat(handle, found.timeline());
                    }
                    return found;
                });
                primary.add(asked, at);
                nextBeat = isBeat ? asked + BEAT_EVERY.toNanos() : nextBeat;
            } catch (HowdahException | JdbiException e) {
                LOG.debug("The primary does not say how far it is", e);
            }
            LockSupport.parkNanos(limits.poll().toNanos());
        }
    }

    private static void beat(Handle handle, int timeline) {
        try {
            handle.createUpdate(BEAT).bind("timeline", Integer.toUnsignedLong(timeline)).execute();
        } catch (StatementException e) {
            LOG.debug("No heartbeat: the schema is not that far yet", e);
        }
    }

    List<ReplicaStatus> statuses() {
        return replicas.stream().map(Replica::status).toList();
    }

    RouterStatistics statistics() {
        return new RouterStatistics(onPrimary.sum(), atOnce.sum(), waited.sum(), fallback.sum(), diverted.sum(),
                shed.sum(), repeated.sum(), waits.count(), waits.total(), waits.percentile(0.99));
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(watcher);
        replicas.forEach(Replica::close);
    }
}
