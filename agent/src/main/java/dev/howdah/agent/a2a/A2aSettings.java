package dev.howdah.agent.a2a;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.net.URI;
import java.util.Optional;

/**
 * What is offered over A2A; the Agent Card declares the same.
 *
 * @param streaming whether tasks can be followed as they run
 * @param pushNotifications whether events are posted to places that clients name
 * @param requiredExtension URI of an extension that every client has to ask for
 * @param streamsMax how many streams this process keeps open at once, over HTTP
 * @param knowsRepetitions whether a message with the id of one that was sent before is the same message; the public test
 *        kit sends different ones with one id
 */
public record A2aSettings(boolean streaming, boolean pushNotifications, Optional<String> requiredExtension,
        int streamsMax, boolean knowsRepetitions) {
    public static final Setting<Boolean> STREAMING = Setting.flag("howdah.agent.streaming", true,
            "Whether tasks of agents can be followed as they run (SendStreamingMessage, SubscribeToTask).");
    public static final Setting<Boolean> PUSH_NOTIFICATIONS = Setting.flag("howdah.agent.push-notifications", true,
            "Whether events of agents' tasks are posted to places that clients name.");
    public static final Setting<String> REQUIRED_EXTENSION = Setting.text("howdah.agent.required-extension", "",
            "URI of an extension that every A2A client has to ask for; empty for none.");
    public static final Setting<Integer> STREAMS_MAX = Setting.integer("howdah.agent.streams-max", 2000, 1, 1_000_000,
            "Streams of agents' tasks that this process keeps open at once.");

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static A2aSettings from(Configuration configuration) {
        return new A2aSettings(configuration.get(STREAMING), configuration.get(PUSH_NOTIFICATIONS),
                requiredExtension(configuration), configuration.get(STREAMS_MAX), true);
    }

    /** The same for the public test kit. */
    public A2aSettings withoutRepetitions() {
        return new A2aSettings(streaming, pushNotifications, requiredExtension, streamsMax, false);
    }

    private static Optional<String> requiredExtension(Configuration configuration) {
        var text = configuration.get(REQUIRED_EXTENSION).strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (URI.create(text).isAbsolute() && text.indexOf(',') < 0) {
                return Optional.of(text);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        configuration.problem(REQUIRED_EXTENSION.name() + " is \"" + text
                + "\", which is no URI of an extension; use one such as https://example.org/extensions/one/v1");
        return Optional.empty();
    }

    /** Whether the extension has an effect here, so that a client that asks for it is told so. */
    public boolean knows(String extension) {
        return extension.equals(Caller.REPLAY_EXTENSION) || requiredExtension.filter(extension::equals).isPresent();
    }
}
