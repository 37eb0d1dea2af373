package dev.howdah.testing;

import dev.howdah.postgres.Database;
import dev.howdah.queue.PostgresTaskQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives each test method of JUnit a {@link TestEnvironment} of its own.
 *
 * <pre>{@code
 * @RegisterExtension
 * final HowdahExtension howdah = HowdahExtension.withModules("workflow");
 *
 * @Test
 * void remindsAfterTwoWeeks() throws Exception {
 *     var programs = new Programs(howdah.database(), howdah.queue());
 *     …
 *     howdah.tasks().drain(programs.handlers());
 *     howdah.clock().advance(Duration.ofDays(14));
 *     howdah.tasks().drain(programs.handlers());
 * }
 * }</pre>
 *
 * <p>In a field that is not static, so that methods that run at the same time do not share it.
 */
public final class HowdahExtension implements BeforeEachCallback, AfterEachCallback {
    private final List<String> modules;
    private @Nullable TestEnvironment environment;

    private HowdahExtension(List<String> modules) {
        this.modules = modules;
    }

    /**
     * With the tables of these modules.
     *
     * @param modules such as {@code workflow}, {@code cache}; those of {@code postgres} and {@code queue} are always there
     */
    public static HowdahExtension withModules(String... modules) {
        return new HowdahExtension(List.of(modules));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (environment != null) {
            throw new IllegalStateException(
                    "two tests use one HowdahExtension at the same time; register it in a field "
                            + "that is not static");
        }
        environment = TestEnvironment.create(modules.toArray(String[]::new));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (environment != null) {
            environment.close();
            environment = null;
        }
    }

    /** What the test that runs has. */
    public TestEnvironment environment() {
        if (environment == null) {
            throw new IllegalStateException("there is nothing outside of a test; use it in @BeforeEach or a @Test");
        }
        return environment;
    }

    public Database database() {
        return environment().database();
    }

    public PostgresTaskQueue queue() {
        return environment().queue();
    }

    public TestTasks tasks() {
        return environment().tasks();
    }

    public TestClock clock() {
        return environment().clock();
    }
}
