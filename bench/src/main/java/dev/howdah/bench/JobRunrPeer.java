package dev.howdah.bench;

import com.zaxxer.hikari.HikariDataSource;
import dev.howdah.postgres.DatabaseSettings;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import org.jspecify.annotations.Nullable;

/** JobRunr with 24 workers, polling each 5 s, its minimum on SQL; job requests, which spare it reading byte code. */
final class JobRunrPeer extends JavaPeer {
    private static final int WORKERS = 24;
    private static final int POLL_SECONDS = 5;
    private static final String UNFINISHED = """
        SELECT EXISTS (SELECT FROM jobrunr_jobs WHERE state IN ('AWAITING', 'SCHEDULED', 'ENQUEUED', 'PROCESSING'))
        """;

    private final HikariDataSource pool;
    private final PostgresStorageProvider storage;
    private final JsonMapper mapper = new Jackson3JsonMapper();
    private final JobRequestScheduler scheduler;
    private Optional<BackgroundJobServer> server = Optional.empty();

    /** A task; public, since JobRunr makes it by reflection. */
    public record Work(int n) implements JobRequest {
        @Override
        public Class<Handler> getJobRequestHandler() {
            return Handler.class;
        }
    }

    /** What runs it; public, since JobRunr calls it by reflection. */
    public record Handler(IntConsumer onRun) implements JobRequestHandler<Work> {
        @Override
        public void run(Work work) {
            onRun.accept(work.n);
        }
    }

    private record Activator(Handler handler) implements JobActivator {
        @Override
        public <T> @Nullable T activateJob(Class<T> type) {
            return type.cast(handler);
        }
    }

    JobRunrPeer(DatabaseSettings settings) {
        pool = PlainSql.pool(settings, WORKERS + 8);
        storage = new PostgresStorageProvider(pool);
        storage.setJobMapper(new JobMapper(mapper));
        scheduler = new JobRequestScheduler(storage);
    }

    @Override
    public String name() {
        return "JobRunr";
    }

    @Override
    void enqueueOne(int number) {
        scheduler.enqueue(new Work(number));
    }

    @Override
    void enqueueBatch(int from, int to) {
        scheduler.enqueue(IntStream.range(from, to).mapToObj(Work::new));
    }

    @Override
    void start(IntConsumer onRun) {
        var configuration = BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                .andWorkerCount(WORKERS).andPollIntervalInSeconds(POLL_SECONDS);
        var started = new BackgroundJobServer(storage, mapper, new Activator(new Handler(onRun)), configuration);
        started.start();
        server = Optional.of(started);
    }

    @Override
    boolean isUnfinished() {
        return PlainSql.isTrue(pool, UNFINISHED);
    }

    @Override
    void stop() {
        server.ifPresent(BackgroundJobServer::stop);
        server = Optional.empty();
    }

    @Override
    public void close() {
        stop();
        storage.close();
        pool.close();
    }
}
