package dev.howdah.agent.grpc;

import dev.howdah.agent.a2a.A2aOperations;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.postgres.UnavailableException;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Serves the operations of A2A over gRPC, without encryption of its own, as the HTTP server does: behind a proxy that has
 * it. Streams are told only as fast as they are read. Thread-safe.
 */
public final class A2aGrpcServer implements AutoCloseable {
    /** Calls at once over one connection; clients send all their calls over one. */
    static final int CALLS_PER_CONNECTION_MAX = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(A2aGrpcServer.class);
    private static final int METADATA_MAX_BYTES = 16 << 10;
    /** A quiet connection is asked whether it is there, so that one that was cut does not hold its streams. */
    private static final Duration KEEPALIVE_EVERY = Duration.ofSeconds(60);
    private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(20);
    /** Clients that ask more often are sent away. */
    private static final Duration KEEPALIVE_OF_CLIENTS_MIN = Duration.ofSeconds(10);
    private static final Duration IDLE_MAX = Duration.ofMinutes(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final Server server;
    private final OpenCalls calls;

    private A2aGrpcServer(Server server, OpenCalls calls) {
        this.server = server;
        this.calls = calls;
    }

    /**
     * Starts to listen.
     *
     * @param address where; port 0 picks a free one
     * @param principals who may call
     * @param extendedCard makes the card for a caller; throws an {@link dev.howdah.agent.a2a.A2aException} if there is none
     * @throws UnavailableException if the address cannot be listened at
     */
    public static A2aGrpcServer start(InetSocketAddress address, GrpcSettings settings, A2aOperations operations,
            Principals principals, Function<Caller, ? extends JsonNode> extendedCard) {
        var calls = new OpenCalls();
        var server = NettyServerBuilder.forAddress(address)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .addService(new A2aService(operations, extendedCard, calls, settings.readerTimeout()))
                .intercept(new CallerInterceptor(principals))
                .maxInboundMessageSize(settings.messageMax())
                .maxInboundMetadataSize(METADATA_MAX_BYTES)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
                .keepAliveTime(KEEPALIVE_EVERY.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(KEEPALIVE_OF_CLIENTS_MIN.toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true)
                .maxConnectionIdle(IDLE_MAX.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        try {
            server.start();
        } catch (IOException e) {
            throw new UnavailableException("a2a-grpc-bind", "cannot listen for gRPC at " + address,
                    "free the port, or set " + GrpcSettings.PORT.name() + " to another one", e);
        }
        LOG.info("A2A over gRPC at {}:{}", address.getHostString(), server.getPort());
        return new A2aGrpcServer(server, calls);
    }

    /** Where it listens. */
    public int port() {
        return server.getPort();
    }

    /** Takes no more calls, tells those that wait to come back, and lets the others end within a limit. */
    @Override
    public void close() {
        server.shutdown();
        calls.stop();
        try {
            if (!server.awaitTermination(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("Calls over gRPC did not end within {}; they are cut off", STOP_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            server.shutdownNow();
        }
    }
}
