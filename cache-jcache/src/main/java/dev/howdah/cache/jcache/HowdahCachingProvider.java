package dev.howdah.cache.jcache;

import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.Caches;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.DatabaseSettings;
import dev.howdah.postgres.HowdahException;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import javax.cache.CacheException;
import javax.cache.CacheManager;
import javax.cache.configuration.OptionalFeature;
import javax.cache.spi.CachingProvider;
import org.jspecify.annotations.Nullable;

/**
 * JCache on PostgreSQL. It is found by {@link javax.cache.Caching#getCachingProvider}; the properties of a manager say which
 * database its caches are in. The URI does no more than to tell managers apart.
 *
 * <pre>{@code
 * var properties = new Properties();
 * properties.put(HowdahCachingProvider.DATABASE, database); // or howdah.database.url and further settings as text
 * var provider = Caching.getCachingProvider();
 * var manager = provider.getCacheManager(provider.getDefaultURI(), null, properties);
 * }</pre>
 *
 * Thread-safe.
 */
public final class HowdahCachingProvider implements CachingProvider {
    /** The property that holds a {@link Database}, which stays open when the manager closes. */
    public static final String DATABASE = "howdah.jcache.database";
    /**
     * The property that holds patterns, separated by commas, of further types that Java's serialisation may read; see
     * {@link Serializer#java}.
     */
    public static final String SERIALIZABLE = "howdah.jcache.serializable";

    private static final URI DEFAULT_URI = URI.create("howdah:default");
    private static final List<String> SETTINGS = List.of("howdah.database.", "howdah.cache.");

    private final Properties defaults = new Properties();
    private final Map<ClassLoader, Map<URI, HowdahCacheManager>> managers = new HashMap<>();

    /** Managers take what their properties leave open from system properties of the same names, as they are now. */
    public HowdahCachingProvider() {
        System.getProperties().forEach((name, value) -> {
            if (isOurs(name)) {
                defaults.put(name, value);
            }
        });
    }

    private static boolean isOurs(Object name) {
        return name.equals(DATABASE) || name.equals(SERIALIZABLE) || isSetting(name);
    }

    private static boolean isSetting(Object name) {
        return name instanceof String text && SETTINGS.stream().anyMatch(text::startsWith);
    }

    /**
     * The manager of the URI and class loader, which is opened if there is none.
     *
     * @param uri tells managers apart; without it, the default one. It must not hold a password, since it is shown
     * @param classLoader finds the classes of what is serialized; without it, that of the provider
     * @param properties the database and settings of a manager that is opened now; without it, the default ones
     * @throws CacheException if there is no database, or a setting is wrong
     */
    @Override
    public synchronized CacheManager getCacheManager(@Nullable URI uri, @Nullable ClassLoader classLoader,
            @Nullable Properties properties) {
        var actualUri = uri == null ? DEFAULT_URI : uri;
        var actualLoader = classLoader == null ? getDefaultClassLoader() : classLoader;
        return managers.computeIfAbsent(actualLoader, key -> new HashMap<>()).computeIfAbsent(actualUri,
                key -> open(actualUri, actualLoader, properties == null ? new Properties() : properties));
    }

    private HowdahCacheManager open(URI uri, ClassLoader loader, Properties given) {
        if (uri.getUserInfo() != null) {
            throw new CacheException("the URI of a cache manager holds a user; it is shown, so put user and password "
                    + "into the properties");
        }
        var all = getDefaultProperties();
        all.putAll(given);
        try {
            var settings = Configuration.of(settings(all));
            var cacheSettings = CacheSettings.from(settings);
            var databaseSettings = DatabaseSettings.from(settings);
            settings.check();
            boolean isGiven = all.get(DATABASE) instanceof Database;
            var database = all.get(DATABASE) instanceof Database found ? found : open(settings, databaseSettings);
            var caches = new Caches(database, cacheSettings);
            caches.start();
            return new HowdahCacheManager(this, uri, loader, given, new HowdahCacheManager.Connected(caches,
                    isGiven ? Optional.empty() : Optional.of(database), patterns(all)));
        } catch (HowdahException e) {
            throw new CacheException(e.getMessage(), e);
        }
    }

    private static Map<String, String> settings(Properties all) {
        return all.entrySet().stream().filter(entry -> isSetting(entry.getKey()))
                .collect(Collectors.toMap(entry -> entry.getKey().toString(), entry -> entry.getValue().toString()));
    }

    private static Database open(Configuration configuration, DatabaseSettings settings) {
        if (!DatabaseSettings.isExternal(configuration)) {
            throw new CacheException("the cache manager has no database; give its properties " + DATABASE + ", or "
                    + DatabaseSettings.URL.name());
        }
        return Database.open(settings);
    }

    private static List<String> patterns(Properties all) {
        return Arrays.stream(all.getProperty(SERIALIZABLE, "").split(",")).map(String::strip)
                .filter(pattern -> !pattern.isEmpty()).toList();
    }

    @Override
    public ClassLoader getDefaultClassLoader() {
        return Objects.requireNonNullElseGet(getClass().getClassLoader(), ClassLoader::getSystemClassLoader);
    }

    @Override
    public URI getDefaultURI() {
        return DEFAULT_URI;
    }

    /** A copy. */
    @Override
    public Properties getDefaultProperties() {
        var copy = new Properties();
        copy.putAll(defaults);
        return copy;
    }

    @Override
    public CacheManager getCacheManager(@Nullable URI uri, @Nullable ClassLoader classLoader) {
        return getCacheManager(uri, classLoader, null);
    }

    @Override
    public CacheManager getCacheManager() {
        return getCacheManager(null, null, null);
    }

    synchronized void forget(HowdahCacheManager manager) {
        var byUri = managers.get(manager.getClassLoader());
        if (byUri != null && byUri.remove(manager.getURI(), manager) && byUri.isEmpty()) {
            managers.remove(manager.getClassLoader());
        }
    }

    /** Closes all managers. */
    @Override
    public synchronized void close() {
        opened().forEach(HowdahCacheManager::close);
    }

    private List<HowdahCacheManager> opened() {
        return managers.values().stream().flatMap(byUri -> byUri.values().stream()).toList();
    }

    @Override
    public synchronized void close(@Nullable ClassLoader classLoader) {
        var loader = classLoader == null ? getDefaultClassLoader() : classLoader;
        opened().stream().filter(manager -> manager.getClassLoader().equals(loader)).forEach(
                HowdahCacheManager::close);
    }

    @Override
    public synchronized void close(@Nullable URI uri, @Nullable ClassLoader classLoader) {
        var loader = classLoader == null ? getDefaultClassLoader() : classLoader;
        var actualUri = uri == null ? DEFAULT_URI : uri;
        opened().stream().filter(manager -> manager.getClassLoader().equals(loader)
                && manager.getURI().equals(actualUri)).forEach(HowdahCacheManager::close);
    }

    /** None: storing by reference is what an object in a database cannot do. */
    @Override
    public boolean isSupported(OptionalFeature optionalFeature) {
        return false;
    }
}
