package dev.howdah.postgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which replicas may answer reads, and how long to wait for them. Checked at construction. Without addresses everything is
 * read from the primary, and nothing is asked or written for replicas.
 *
 * @param addresses {@code host}, {@code host:port} or a URL each; what one leaves out is as with the primary. A URL may hold a
 *        password: never logged
 * @param poolMax the most connections open at once to each
 * @param poolMinIdle how many idle connections to each are kept ready, at most {@code poolMax}
 * @param waitMax how long a read waits for a replica to have what its token asks for, before the primary answers it
 * @param lagMax a replica further behind answers nothing that asks for less than a token
 * @param poll how often each replica and the primary are asked how far they are
 * @param timeout a replica that has not answered such a question within this time is taken out, and its reads are repeated
 * @param divertedReadsMax reads meant for replicas that the primary answers at once; more are refused ({@code reads-shed})
 * @param readConsistency what reads over HTTP ask for that name nothing
 */
public record ReplicaSettings(List<String> addresses, int poolMax, int poolMinIdle, Duration waitMax, Duration lagMax,
        Duration poll, Duration timeout, int divertedReadsMax, Consistency readConsistency) {
    public static final Setting<List<String>> ADDRESSES = new Setting<>("howdah.database.replicas",
            List.of("RAD_DB_REPLICAS", "POSTGRES_REPLICAS", "DATABASE_REPLICAS"), ReplicaSettings::split, "", true,
            "Replicas that may answer reads, separated by commas: host, host:port or URLs. User, password, database and "
                    + "schema are the primary's unless a URL says otherwise.");
    public static final Setting<Integer> POOL_MAX = Setting.integer("howdah.database.replica-pool-max", 10, 1, 1000,
            "Most connections open at once to each replica.");
    public static final Setting<Integer> POOL_MIN_IDLE = Setting.integer("howdah.database.replica-pool-min-idle", 3, 0,
            1000, "Idle connections kept ready to each replica; at most replica-pool-max.");
    public static final Setting<Duration> WAIT = Setting.duration("howdah.database.replica-wait", "5ms",
            "How long a read waits for a replica to have what its token asks for, before the primary answers it.");
    public static final Setting<Duration> LAG_MAX = Setting.duration("howdah.database.replica-lag-max", "30s",
            "A replica further behind answers no eventual reads.");
    public static final Setting<Duration> POLL = Setting.duration("howdah.database.replica-poll", "100ms",
            "How often each replica and the primary are asked how far they are; at least 10ms.");
    public static final Setting<Duration> TIMEOUT = Setting.duration("howdah.database.replica-timeout", "1s",
            "A replica that has not answered within this time is taken out, and its reads are repeated on the primary; "
                    + "at least 100ms.");
    public static final Setting<Integer> DIVERTED_READS_MAX = Setting.integer("howdah.database.diverted-reads-max", 15,
            1, 10_000, "Reads meant for replicas that the primary answers at once; more are refused with 503. Keep it "
                    + "below pool-max.");
    public static final Setting<Consistency> READ_CONSISTENCY = new Setting<>("howdah.database.read-consistency",
            List.of(), ReplicaSettings::parseConsistency, "strong", false,
            "What GET requests without the header Howdah-Consistency may be answered with: strong, eventual or "
                    + "bounded=500ms.");
    private static final Pattern ADDRESS = Pattern
            .compile("([\\w.-]+|\\[[0-9a-fA-F:.]+\\])(:\\d{1,5})?|(jdbc:)?postgres(ql)?://\\S+");
    private static final Duration POLL_MIN = Duration.ofMillis(10);
    private static final Duration TIMEOUT_MIN = Duration.ofMillis(100);

    public ReplicaSettings {
        addresses = List.copyOf(addresses);
        var problems = problems(poolMax, poolMinIdle, poll, timeout);
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** No replicas. */
    public static ReplicaSettings none() {
        return from(Configuration.of(Map.of()));
    }

    /** Defaults for these replicas. */
    public static ReplicaSettings of(String... addresses) {
        return from(Configuration.of(Map.of(ADDRESSES.name(), String.join(",", addresses))));
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static ReplicaSettings from(Configuration configuration) {
        var addresses = configuration.get(ADDRESSES);
        int poolMax = configuration.get(POOL_MAX);
        int poolMinIdle = configuration.get(POOL_MIN_IDLE);
        if (!configuration.isSet(POOL_MIN_IDLE)) {
            poolMinIdle = Math.min(poolMinIdle, poolMax);
        }
        var waitMax = configuration.get(WAIT);
        var lagMax = configuration.get(LAG_MAX);
        var poll = configuration.get(POLL);
        var timeout = configuration.get(TIMEOUT);
        var problems = problems(poolMax, poolMinIdle, poll, timeout);
        problems.forEach(configuration::problem);
        if (!problems.isEmpty()) {
            return from(Configuration.of(Map.of()));
        }
        return new ReplicaSettings(addresses, poolMax, poolMinIdle, waitMax, lagMax, poll, timeout,
                configuration.get(DIVERTED_READS_MAX), configuration.get(READ_CONSISTENCY));
    }

    /** Whether reads may be answered by anybody but the primary. */
    public boolean hasReplicas() {
        return !addresses.isEmpty();
    }

    /** The same with another wait for what a token asks for. */
    public ReplicaSettings withWaitMax(Duration newWaitMax) {
        return new ReplicaSettings(addresses, poolMax, poolMinIdle, newWaitMax, lagMax, poll, timeout, divertedReadsMax,
                readConsistency);
    }

    /** The same with another number of reads that the primary answers in place of replicas. */
    public ReplicaSettings withDivertedReadsMax(int newDivertedReadsMax) {
        return new ReplicaSettings(addresses, poolMax, poolMinIdle, waitMax, lagMax, poll, timeout, newDivertedReadsMax,
                readConsistency);
    }

    private static List<String> problems(int poolMax, int poolMinIdle, Duration poll, Duration timeout) {
        var problems = new ArrayList<String>();
        if (poolMinIdle > poolMax) {
            problems.add(POOL_MIN_IDLE.name() + " is " + poolMinIdle + " and replica-pool-max " + poolMax
                    + "; make replica-pool-min-idle at most replica-pool-max");
        }
        if (poll.compareTo(POLL_MIN) < 0) {
            problems.add(POLL.name() + " is " + poll.toMillis() + "ms; use at least 10ms");
        }
        if (timeout.compareTo(TIMEOUT_MIN) < 0) {
            problems.add(TIMEOUT.name() + " is " + timeout.toMillis() + "ms; use at least 100ms");
        }
        return problems;
    }

    private static List<String> split(String text) {
        var addresses = Arrays.stream(text.split(",")).map(String::strip).filter(address -> !address.isEmpty())
                .toList();
        if (!addresses.stream().allMatch(address -> ADDRESS.matcher(address).matches())) {
            throw new IllegalArgumentException("use host, host:port or postgresql://user:password@host:port/name");
        }
        return addresses;
    }

    private static Consistency parseConsistency(String text) {
        return Consistency.parse(text).filter(found -> !(found instanceof Consistency.Session))
                .orElseThrow(() -> new IllegalArgumentException("use strong, eventual or bounded=500ms"));
    }

    /** Everything but the addresses, for the log: what is connected to is named without passwords when it is. */
    @Override
    public String toString() {
        return "replicas=" + addresses.size() + " pool=" + poolMinIdle + ".." + poolMax + " waitMax=" + waitMax
                + " lagMax="
                + lagMax + " poll=" + poll + " timeout=" + timeout + " divertedReadsMax=" + divertedReadsMax
                + " readConsistency=" + readConsistency;
    }
}
