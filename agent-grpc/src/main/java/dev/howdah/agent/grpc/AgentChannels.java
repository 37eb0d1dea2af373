package dev.howdah.agent.grpc;

import dev.howdah.agent.client.RemoteEndpoint;
import dev.howdah.agent.http.OutboundAddress;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.agent.http.OutboundResolver;
import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Connections to agents. A host is looked up and checked for each call, and what was checked is connected to: gRPC looks
 * nothing up. A connection that is not used for a while is closed. Thread-safe.
 */
final class AgentChannels implements AutoCloseable {
    private static final int CHANNELS_MAX = 200;
    private static final int METADATA_MAX_BYTES = 16 << 10;
    private static final Duration IDLE_MAX = Duration.ofMinutes(1);
    /** As often as servers allow it that have not been told otherwise. */
    private static final Duration KEEPALIVE_EVERY = Duration.ofMinutes(5);
    private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(20);

    private final OutboundResolver trusting;
    private final OutboundResolver guarded;
    private final Duration connectTimeout;
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<Place, ManagedChannel> open = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, ManagedChannel> eldest) {
            boolean isTooMany = size() > CHANNELS_MAX;
            if (isTooMany) {
                eldest.getValue().shutdown(); // calls that are under way come to their end
            }
            return isTooMany;
        }
    };

    AgentChannels(OutboundHttpSettings settings) {
        this.trusting = new OutboundResolver(settings.trusting());
        this.guarded = new OutboundResolver(settings);
        this.connectTimeout = settings.connectTimeout();
    }

    /** A host by its name, of which the certificate speaks, and what it was looked up as. */
    private record Place(OutboundAddress named, InetSocketAddress address) {}

    /** The connection to an agent, which is made when it is used. */
    Channel to(RemoteEndpoint endpoint) {
        var origin = OutboundAddress.of(OutboundAddress.of(endpoint.address()).origin());
        var place = new Place(origin, (endpoint.isTrusted() ? trusting : guarded).resolve(origin));
        synchronized (open) {
            var channel = open.computeIfAbsent(place, this::open);
            if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
                channel.resetConnectBackoff(); // whoever repeats a call decides how soon
            }
            return channel;
        }
    }

    private ManagedChannel open(Place place) {
        var builder = NettyChannelBuilder.forAddress(place.address)
                .overrideAuthority(place.named.uri().getRawAuthority())
                .proxyDetector(address -> null) // no proxy looks hosts up
                .disableServiceConfigLookUp()
                .disableRetry()
                .userAgent("Howdah")
                .executor(threads)
                .maxInboundMetadataSize(METADATA_MAX_BYTES)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(connectTimeout.toMillis()))
                .idleTimeout(IDLE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTime(KEEPALIVE_EVERY.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        return (place.named.scheme().equals("https") ? builder.useTransportSecurity() : builder.usePlaintext()).build();
    }

    /** Ends all calls. */
    @Override
    public void close() {
        synchronized (open) {
            open.values().forEach(ManagedChannel::shutdownNow);
            open.clear();
        }
    }
}
