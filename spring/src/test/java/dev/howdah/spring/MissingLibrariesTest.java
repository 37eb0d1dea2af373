package dev.howdah.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.postgres.TestDatabase;
import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is optional is missed by nothing else: the application starts without the jars, not only without some of their classes. */
class MissingLibrariesTest {
    private static final List<String> SPRING = List.of("/spring-tx", "/spring-jdbc", "/spring-boot-jdbc",
            "/spring-boot-transaction", "/spring-boot-health", "/spring-boot-cache", "/spring-context-support",
            "/spring-session", "/spring-security", "/spring-ai", "/spring-web", "/servlet-api", "/jakarta.servlet");

    @ParameterizedTest
    @CsvSource({
            "'', cache documents knowledge postgres queue sessions workflow",
            "workflow knowledge, cache documents postgres queue sessions",
            "cache documents, knowledge postgres queue sessions workflow",
            "cache documents knowledge sessions workflow, postgres queue"})
    void anApplicationStartsWithout(String libraries, String modules) throws Exception {
        var settings = TestDatabase.settings();
        var absent = new ArrayList<>(SPRING);
        for (var library : libraries.split(" ", -1)) {
            if (!library.isEmpty()) {
                absent.addAll(List.of("/" + library + "/target/", "/howdah-" + library + "/"));
            }
        }
        var before = Thread.currentThread().getContextClassLoader();
        try (var loader = new URLClassLoader(without(absent), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            var run = loader.loadClass(BareApplication.class.getName()).getMethod("run", String[].class);
            assertThat(run.invoke(null, (Object) new String[]{"--howdah.database.url=" + settings.url(),
                    "--howdah.database.user=" + settings.user(), "--howdah.database.password=" + settings.password(),
                    "--howdah.database.schema=" + settings.schema(), "--howdah.database.pool-max=4",
                    "--howdah.database.pool-min-idle=0", "--spring.main.banner-mode=off"})).isEqualTo(modules);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static URL[] without(List<String> names) throws Exception {
        var urls = new ArrayList<URL>();
        for (var path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (names.stream().noneMatch(path::contains)) {
                urls.add(Path.of(path).toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}
