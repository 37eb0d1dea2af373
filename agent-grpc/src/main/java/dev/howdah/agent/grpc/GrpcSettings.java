package dev.howdah.agent.grpc;

import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Setting;
import java.time.Duration;

/**
 * How agents are reached over gRPC. The address is the server's.
 *
 * @param port where it listens; 0 means not at all
 * @param messageMax the largest request in bytes
 * @param readerTimeout how long a client may leave a stream unread before it is cut off
 */
public record GrpcSettings(int port, int messageMax, Duration readerTimeout) {
    public static final Setting<Integer> PORT = Setting.integer("howdah.agent.grpc.port", 0, 0, 65535,
            "Port for A2A over gRPC, at the server's address; 0 switches it off.");
    public static final Setting<Integer> MESSAGE_MAX = Setting.integer("howdah.agent.grpc.message-max", 4 << 20, 1024,
            1 << 28, "Largest request over gRPC in bytes.");
    public static final Setting<Duration> READER_TIMEOUT = Setting.duration("howdah.agent.grpc.reader-timeout", "30s",
            "How long a client may leave a stream unread before it is cut off; it can subscribe again.");

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static GrpcSettings from(Configuration configuration) {
        return new GrpcSettings(configuration.get(PORT), configuration.get(MESSAGE_MAX),
                configuration.get(READER_TIMEOUT));
    }

    /** Whether agents are reached over gRPC at all. */
    public boolean isOn() {
        return port != 0;
    }
}
