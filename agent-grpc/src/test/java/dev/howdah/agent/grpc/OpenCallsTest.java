package dev.howdah.agent.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.Configuration;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class OpenCallsTest {
    private static final int MAX = 3;
    private static final Duration WAIT = Duration.ofSeconds(20);

    private final OpenCalls calls = new OpenCalls(MAX);
    private final CountDownLatch go = new CountDownLatch(1);

    @Test
    void takesNoMoreThanItsLimit() {
        var open = fill(MAX);
        var refused = new Answer();
        calls.answerInBackground(refused, go::await);
        assertThat(refused.ended).succeedsWithin(WAIT).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        var also = new Answer();
        calls.answer(also, () -> also.onCompleted());
        assertThat(also.ended).succeedsWithin(WAIT).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        go.countDown();
        assertThat(open).allSatisfy(call -> assertThat(call.ended).succeedsWithin(WAIT).isEqualTo(Status.Code.OK));
    }

    @Test
    void hasRoomAgainWhenACallHasEnded() throws InterruptedException {
        var open = fill(MAX - 1);
        var cancelled = new CountDownLatch(1);
        var last = new Answer();
        calls.answerInBackground(last, () -> {
            try {
                go.await();
            } finally {
                cancelled.countDown();
            }
        });
        last.cancel();
        assertThat(cancelled.await(WAIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        Awaitility.await().atMost(WAIT).untilAsserted(() -> {
            var next = new Answer();
            calls.answer(next, next::onCompleted);
            assertThat(next.ended).isCompletedWithValue(Status.Code.OK);
        });
        assertThat(last.ended).as("nobody is there to be told").isNotDone();
        go.countDown();
        assertThat(open).allSatisfy(call -> assertThat(call.ended).succeedsWithin(WAIT).isEqualTo(Status.Code.OK));
    }

    @Test
    void tellsThoseWhoWaitWhenItStops() {
        var open = fill(1);
        calls.stop();
        var late = new Answer();
        calls.answerInBackground(late, go::await);
        open.add(late);
        assertThat(open)
                .allSatisfy(call -> assertThat(call.ended).succeedsWithin(WAIT).isEqualTo(Status.Code.UNAVAILABLE));
    }

    @Test
    void isOffUnlessAPortIsSet() {
        var settings = GrpcSettings.from(Configuration.of(Map.of()));
        assertThat(settings).isEqualTo(new GrpcSettings(0, 4 << 20, Duration.ofSeconds(30)));
        assertThat(settings.isOn()).isFalse();
        assertThat(GrpcSettings.from(Configuration.of(Map.of("howdah.agent.grpc.port", "9090"))).isOn()).isTrue();
    }

    private List<Answer> fill(int count) {
        var open = new ArrayList<Answer>();
        for (int i = 0; i < count; i++) {
            var answer = new Answer();
            calls.answerInBackground(answer, () -> {
                go.await();
                answer.onCompleted();
            });
            open.add(answer);
        }
        return open;
    }

    /** The client's side of a call: how it ended. */
    private static final class Answer extends ServerCallStreamObserver<String> {
        private final CompletableFuture<Status.Code> ended = new CompletableFuture<>();
        private volatile boolean cancelled;
        private Runnable onCancel = () -> {};

        void cancel() {
            cancelled = true;
            onCancel.run();
        }

        @Override
        public boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public void setCompression(String compression) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void disableAutoInboundFlowControl() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void request(int count) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setMessageCompression(boolean enable) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onNext(String value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onError(Throwable thrown) {
            ended.complete(Status.fromThrowable(thrown).getCode());
        }

        @Override
        public void onCompleted() {
            ended.complete(Status.Code.OK);
        }
    }
}
