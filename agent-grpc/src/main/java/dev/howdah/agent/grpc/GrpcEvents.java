package dev.howdah.agent.grpc;

import com.google.protobuf.Message;
import dev.howdah.agent.a2a.ReplayExtension;
import dev.howdah.agent.client.RemoteEndpoint;
import dev.howdah.agent.client.RemoteEvents;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.postgres.UnavailableException;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The events of a stream over gRPC. The next one is asked for when one is taken, so that few wait here. */
final class GrpcEvents extends ClientCall.Listener<Message> implements RemoteEvents {
    private final RemoteEndpoint endpoint;
    private final ClientCall<Message, Message> call;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private volatile boolean closed;
    private volatile boolean isRefused;

    /** A message, or the end and what was said of it. */
    private record Told(@Nullable Message message, Status status, Metadata trailers) {}

    /** Of a call that has not been started. */
    GrpcEvents(RemoteEndpoint endpoint, ClientCall<Message, Message> call) {
        this.endpoint = endpoint;
        this.call = call;
    }

    /**
     * Waits until the agent begins to answer.
     *
     * @throws RuntimeException what it says instead, or that it says nothing in time
     */
    void awaitBegin() {
        try {
            if (!begun.await(endpoint.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
                close();
                throw new UnavailableException(OutboundHttp.TIMEOUT, endpoint + " did not answer within "
                        + endpoint.timeout().toMillis() + " ms", "", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new UnavailableException(OutboundHttp.BROKEN, "asking " + endpoint + " was interrupted", "", e);
        }
        if (isRefused) {
            next();
        }
    }

    @Override
    public Optional<Event> next() {
        Told next;
        try {
            next = told.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        if (next.message != null) {
            call.request(1);
            var item = GrpcAnswers.json(endpoint, next.message);
            return Optional.of(new Event(ReplayExtension.sequence(item), item));
        }
        told.add(next); // for whoever asks again
        if (closed || next.status.isOk()) {
            return Optional.empty();
        }
        throw GrpcAnswers.failure(endpoint, next.status.asRuntimeException(next.trailers));
    }

    @Override
    public void onHeaders(Metadata headers) {
        begun.countDown();
    }

    @Override
    public void onMessage(Message message) {
        told.add(new Told(message, Status.OK, new Metadata()));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        told.add(new Told(null, status, trailers));
        isRefused = begun.getCount() > 0 && !status.isOk();
        begun.countDown();
    }

    @Override
    public void close() {
        closed = true;
        call.cancel("not read any more", null);
    }
}
