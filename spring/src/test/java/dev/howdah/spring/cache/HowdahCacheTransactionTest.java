package dev.howdah.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.Caches;
import dev.howdah.postgres.Database;
import java.io.File;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Caches within transactions of Spring's. */
class HowdahCacheTransactionTest {
    private final Database database = HowdahCacheTest.migrated();
    private final Caches caches = new Caches(database, CacheSettings.defaults());
    private final TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(
            new DriverManagerDataSource(database.settings().url(), database.settings().user(),
                    database.settings().password())));

    @Test
    void writesAfterTheCommit() {
        var aware = HowdahCacheTest.open(new HowdahCacheManager(caches, HowdahCacheTest.json(), List.of(), true),
                "prices");
        var others = HowdahCacheTest.open(new HowdahCacheManager(caches, HowdahCacheTest.json()), "prices");
        transactions.executeWithoutResult(status -> {
            aware.put("apple", 1);
            others.put("pear", 2);
            assertThat(others.get("apple")).isNull();
            assertThat(others.get("pear", Integer.class)).isEqualTo(2);
        });
        assertThat(others.get("apple", Integer.class)).isEqualTo(1);
        transactions.executeWithoutResult(status -> {
            aware.evict("apple");
            aware.clear();
            status.setRollbackOnly();
        });
        assertThat(others.get("apple", Integer.class)).isEqualTo(1);
        aware.evict("apple");
        assertThat(others.get("apple")).as("at once without a transaction").isNull();
    }

    @Test
    void needsSpringsClassesOnlyIfItIsAware() throws Exception {
        try (var loader = new URLClassLoader(without("spring-context-support", "spring-tx"),
                ClassLoader.getPlatformClassLoader())) {
            var constructor = Arrays.stream(loader.loadClass(HowdahCacheManager.class.getName()).getConstructors())
                    .filter(one -> one.getParameterCount() == 4).findAny().orElseThrow();
            assertThat(isMade(constructor, false)).isTrue();
            assertThatThrownBy(() -> isMade(constructor, true)).cause()
                    .hasMessageContaining("add spring-context-support and spring-tx");
        }
    }

    private boolean isMade(Constructor<?> constructor, boolean aware) throws ReflectiveOperationException {
        return constructor.newInstance(null, null, List.of(), aware) != null;
    }

    private static URL[] without(String... names) throws Exception {
        var urls = new ArrayList<URL>();
        for (var path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (Arrays.stream(names).noneMatch(path::contains)) {
                urls.add(Path.of(path).toUri().toURL());
            }
        }
        return urls.toArray(URL[]::new);
    }
}
