package dev.howdah.agent.push;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How push notifications are sent.
 *
 * @param timeout how long the receiver may take to answer
 * @param attemptsMax attempts of a delivery before it is dead
 * @param ageMax age from which on a failed delivery is dead; it is attempted at least once, however old it is
 * @param retryFirst the pause after the first failed attempt; it doubles with each further one, give or take a fifth
 * @param retryMax the longest pause between attempts
 * @param failuresMax failures in a row, of whatever tasks, after which an endpoint is left alone
 * @param pauseFirst how long it is left alone before one delivery tries it; doubles with each failed try
 * @param pauseMax the longest such pause
 * @param plainSecrets whether tokens and credentials may be stored though there is no key to seal them with
 */
public record PushSettings(Duration timeout, int attemptsMax, Duration ageMax, Duration retryFirst, Duration retryMax,
        int failuresMax, Duration pauseFirst, Duration pauseMax, boolean plainSecrets) {
    public static final Setting<Duration> TIMEOUT = Setting.duration("howdah.agent.push.timeout", "15s",
            "How long the receiver of a push notification may take to answer, 1s to 30s.");
    public static final Setting<Integer> ATTEMPTS_MAX = Setting.integer("howdah.agent.push.attempts-max", 12, 1, 1000,
            "Attempts of a push notification before it is dead.");
    public static final Setting<Duration> AGE_MAX = Setting.duration("howdah.agent.push.age-max", "24h",
            "Age from which on a push notification that fails is dead.");
    public static final Setting<Duration> RETRY_FIRST = Setting.duration("howdah.agent.push.retry-first", "2s",
            "Pause after the first failed attempt of a push notification; it doubles with each further one, give or take a fifth.");
    public static final Setting<Duration> RETRY_MAX = Setting.duration("howdah.agent.push.retry-max", "10m",
            "Longest pause between two attempts of a push notification.");
    public static final Setting<Integer> FAILURES_MAX = Setting.integer("howdah.agent.push.failures-max", 5, 2, 1000,
            "Failures in a row after which the endpoint of push notifications is left alone.");
    public static final Setting<Duration> PAUSE_FIRST = Setting.duration("howdah.agent.push.pause-first", "30s",
            "How long such an endpoint is left alone before one notification tries it; doubles with each failed try.");
    public static final Setting<Duration> PAUSE_MAX = Setting.duration("howdah.agent.push.pause-max", "10m",
            "Longest time for which such an endpoint is left alone.");
    public static final Setting<Boolean> PLAIN_SECRETS = Setting.flag("howdah.agent.push.plain-secrets", false,
            "Whether tokens and credentials of push configurations may be stored unsealed where howdah.queue.encryption-keys is empty.");

    private static final Duration TIMEOUT_MIN = Duration.ofSeconds(1);
    private static final Duration TIMEOUT_MAX = Duration.ofSeconds(30);

    public PushSettings {
        var problems = new ArrayList<String>();
        if (timeout.compareTo(TIMEOUT_MIN) < 0 || timeout.compareTo(TIMEOUT_MAX) > 0) {
            problems.add(TIMEOUT.name() + " is " + timeout + "; use 1s to 30s");
        }
        if (attemptsMax < 1 || failuresMax < 2) {
            problems.add(ATTEMPTS_MAX.name() + " must be at least 1, and " + FAILURES_MAX.name() + " at least 2");
        }
        if (retryFirst.compareTo(retryMax) > 0) {
            problems.add(RETRY_FIRST.name() + " is longer than " + RETRY_MAX.name() + "; make it shorter");
        }
        if (pauseFirst.compareTo(pauseMax) > 0) {
            problems.add(PAUSE_FIRST.name() + " is longer than " + PAUSE_MAX.name() + "; make it shorter");
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }

    /** The defaults. */
    public static PushSettings defaults() {
        return from(Configuration.of(Map.of()));
    }

    /** The same for the public test kits, whose secrets are none. */
    public PushSettings withPlainSecrets() {
        return new PushSettings(timeout, attemptsMax, ageMax, retryFirst, retryMax, failuresMax, pauseFirst, pauseMax,
                true);
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static PushSettings from(Configuration configuration) {
        var timeout = configuration.get(TIMEOUT);
        int attemptsMax = configuration.get(ATTEMPTS_MAX);
        var ageMax = configuration.get(AGE_MAX);
        var retries = List.of(configuration.get(RETRY_FIRST), configuration.get(RETRY_MAX));
        int failuresMax = configuration.get(FAILURES_MAX);
        var pauses = List.of(configuration.get(PAUSE_FIRST), configuration.get(PAUSE_MAX));
        boolean plainSecrets = configuration.get(PLAIN_SECRETS);
        try {
            return new PushSettings(timeout, attemptsMax, ageMax, retries.getFirst(), retries.getLast(), failuresMax,
                    pauses.getFirst(), pauses.getLast(), plainSecrets);
        } catch (ConfigurationException e) {
            e.problems().forEach(configuration::problem);
            return defaults();
        }
    }
}
