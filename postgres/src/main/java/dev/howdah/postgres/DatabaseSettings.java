package dev.howdah.postgres;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How to reach the database and how many connections to keep. Checked at construction.
 *
 * @param url JDBC URL without user and password; may list several hosts, of which the primary is looked for again after a
 *        failover
 * @param user the role to log in as
 * @param password its password; never logged
 * @param schema the schema that every statement works in; one tenant is one schema
 * @param poolMax the most connections open at once
 * @param poolMinIdle how many idle connections are kept ready, at most {@code poolMax}
 * @param maxLifetime a connection is replaced at this age
 * @param idleTimeout an idle connection above {@code poolMinIdle} is closed after this time
 * @param acquireTimeout how long a caller waits for a connection before {@code pool-exhausted}
 * @param statementTimeout the server ends statements that run longer; zero means never
 * @param listen whether to hold a LISTEN connection; switch off behind PgBouncer in transaction mode (polling goes on)
 * @param slowQuery from when on statements are slow
 */
public record DatabaseSettings(String url, String user, String password, String schema, int poolMax, int poolMinIdle,
        Duration maxLifetime, Duration idleTimeout, Duration acquireTimeout, Duration statementTimeout,
        boolean listen, SlowQuerySettings slowQuery) {

    public static final Setting<String> URL = Setting.secret("howdah.database.url",
            "URL of the database, postgresql://user:password@host:port/name or a JDBC URL. "
                    + "Unset and without a host, the embedded server is used.",
            "POSTGRES_DSN", "DATABASE_URL", "RAD_DB_DSN");
    public static final Setting<String> HOST = Setting.text("howdah.database.host", "",
            "Host of the database, if no URL is given.", "POSTGRES_HOST", "PGHOST");
    public static final Setting<Integer> PORT = Setting.integer("howdah.database.port", 5432, 1, 65535,
            "Port of the database.", "POSTGRES_PORT", "PGPORT");
    public static final Setting<String> NAME = Setting.text("howdah.database.name", "howdah",
            "Name of the database.", "POSTGRES_DB", "PGDATABASE");
    public static final Setting<String> USER = Setting.text("howdah.database.user", "howdah",
            "Role to log in as.", "POSTGRES_USER", "PGUSER");
    public static final Setting<String> PASSWORD = Setting.secret("howdah.database.password",
            "Password of the role.", "POSTGRES_PASSWORD", "PGPASSWORD");
    public static final Setting<String> SCHEMA = Setting.text("howdah.database.schema", "howdah",
            "Schema that holds all tables; one tenant is one schema.");
    public static final Setting<Integer> POOL_MAX = Setting.integer("howdah.database.pool-max", 25, 2, 1000,
            "Most connections open at once.", "POSTGRES_MAX_CONNECTIONS", "DB_POOL_SIZE", "PG_POOL_MAX",
            "RAD_DB_MAX_OPEN_CONNS");
    public static final Setting<Integer> POOL_MIN_IDLE = Setting.integer("howdah.database.pool-min-idle", 10, 0, 1000,
            "Idle connections kept ready; at most pool-max.", "POSTGRES_MIN_CONNECTIONS", "PG_POOL_MIN",
            "RAD_DB_MAX_IDLE_CONNS");
    public static final Setting<Duration> MAX_LIFETIME = Setting.duration("howdah.database.max-lifetime", "15m",
            "Age at which a connection is replaced.", "RAD_DB_CONN_MAX_LIFETIME");
    public static final Setting<Duration> IDLE_TIMEOUT = Setting.duration("howdah.database.idle-timeout", "5m",
            "Time after which a spare idle connection is closed.");
    public static final Setting<Duration> ACQUIRE_TIMEOUT = Setting.duration("howdah.database.acquire-timeout", "5s",
            "Longest wait for a connection from the pool.");
    public static final Setting<Duration> STATEMENT_TIMEOUT = Setting.duration("howdah.database.statement-timeout",
            "60s", "Longest run of one statement; 0s means no limit.");
    public static final Setting<Boolean> LISTEN = Setting.flag("howdah.database.listen", true,
            "Whether to hold a LISTEN connection. Switch off behind PgBouncer in transaction mode; polling goes on.");

    private static final Pattern SCHEMA_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    public DatabaseSettings {
        url = DatabaseUrls.followingFailover(url);
        if (!SCHEMA_NAME.matcher(schema).matches()) {
            throw new ConfigurationException(List.of("howdah.database.schema is \"" + schema
                    + "\"; use lower-case letters, digits and _, at most 63, not starting with a digit"));
        }
        if (poolMinIdle > poolMax) {
            throw new ConfigurationException(List.of("howdah.database.pool-min-idle is " + poolMinIdle
                    + " and pool-max " + poolMax + "; make pool-min-idle at most pool-max"));
        }
    }

    /** Whether the configuration names a database; if not, the embedded server is meant. */
    public static boolean isExternal(Configuration configuration) {
        return configuration.isSet(URL) || configuration.isSet(HOST);
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static DatabaseSettings from(Configuration configuration) {
        var target = Target.of(configuration);
        int poolMax = configuration.get(POOL_MAX);
        int poolMinIdle = configuration.get(POOL_MIN_IDLE);
        if (poolMinIdle > poolMax && configuration.isSet(POOL_MIN_IDLE)) {
            configuration.problem("howdah.database.pool-min-idle is " + poolMinIdle + " and pool-max " + poolMax
                    + "; make pool-min-idle at most pool-max");
        }
        var schema = configuration.get(SCHEMA);
        if (!SCHEMA_NAME.matcher(schema).matches()) {
            configuration.problem("howdah.database.schema is \"" + schema
                    + "\"; use lower-case letters, digits and _, at most 63, not starting with a digit");
            schema = SCHEMA.defaultValue();
        }
        return new DatabaseSettings(target.url(), target.user(), target.password(), schema, poolMax,
                Math.min(poolMinIdle, poolMax), configuration.get(MAX_LIFETIME), configuration.get(IDLE_TIMEOUT),
                configuration.get(ACQUIRE_TIMEOUT), configuration.get(STATEMENT_TIMEOUT), configuration.get(LISTEN),
                SlowQuerySettings.from(configuration));
    }

    /** Defaults for everything but where the database is. */
    public static DatabaseSettings of(String url, String user, String password, String schema) {
        return from(Configuration.of(Map.of(SCHEMA.name(), schema))).at(url, user, password);
    }

    /** The same settings for another server. */
    public DatabaseSettings at(String newUrl, String newUser, String newPassword) {
        return new DatabaseSettings(newUrl, newUser, newPassword, schema, poolMax, poolMinIdle, maxLifetime,
                idleTimeout, acquireTimeout, statementTimeout, listen, slowQuery);
    }

    /**
     * The same settings for a replica.
     *
     * @param address host, host:port or URL; what it leaves out stays
     */
    DatabaseSettings atReplica(String address) {
        if (!address.contains("://")) {
            return at(DatabaseUrls.ofReplica(url, address), user, password);
        }
        if (DatabaseUrls.isJdbc(address)) {
            return at(address, user, password);
        }
        try {
            var target = Target.parse(address, new Target(url, user, password));
            return at(target.url(), target.user(), target.password());
        } catch (IllegalArgumentException e) {
            // The text may hold a password: it is not repeated.
            throw new ConfigurationException(List.of("howdah.database.replicas has a URL that cannot be read; use "
                    + "postgresql://user:password@host:port/name"));
        }
    }

    /** The same settings for another schema. */
    public DatabaseSettings inSchema(String newSchema) {
        return new DatabaseSettings(url, user, password, newSchema, poolMax, poolMinIdle, maxLifetime, idleTimeout,
                acquireTimeout, statementTimeout, listen, slowQuery);
    }

    /** The same settings with another pool size. */
    public DatabaseSettings withPool(int newPoolMax, int newPoolMinIdle) {
        return new DatabaseSettings(url, user, password, schema, newPoolMax, newPoolMinIdle, maxLifetime, idleTimeout,
                acquireTimeout, statementTimeout, listen, slowQuery);
    }

    /** Everything but the password, for the log. */
    @Override
    public String toString() {
        var values = new ArrayList<String>();
        values.add("url=" + url.replaceAll("(?i)(password=)[^&]*", "$1***"));
        values.add("user=" + user);
        values.add("schema=" + schema);
        values.add("pool=" + poolMinIdle + ".." + poolMax);
        values.add("maxLifetime=" + maxLifetime);
        values.add("idleTimeout=" + idleTimeout);
        values.add("acquireTimeout=" + acquireTimeout);
        values.add("statementTimeout=" + statementTimeout);
        values.add("listen=" + listen);
        values.add("slowQuery=" + slowQuery.warning() + ".." + slowQuery.fatal());
        return String.join(" ", values);
    }

    /** Where the database is, read from a URL (JDBC or libpq form) or from its parts. */
    private record Target(String url, String user, String password) {
        static Target of(Configuration configuration) {
            var url = configuration.get(URL);
            var parts = new Target(
                    "jdbc:postgresql://" + configuration.get(HOST) + ":" + configuration.get(PORT) + "/"
                            + configuration.get(NAME),
                    configuration.get(USER), configuration.get(PASSWORD));
            if (url.isEmpty()) {
                return parts;
            }
            if (url.startsWith("jdbc:postgresql:")) {
                return new Target(url, parts.user, parts.password);
            }
            try {
                return parse(url, parts);
            } catch (IllegalArgumentException e) {
                // The text may hold a password: it is not repeated.
                configuration.problem("the database URL cannot be read; use postgresql://user:password@host:port/name");
                return parts;
            }
        }

        private static Target parse(String url, Target defaults) {
            var uri = URI.create(url);
            if (uri.getScheme() == null || !uri.getScheme().matches("postgres(ql)?") || uri.getRawAuthority() == null) {
                throw new IllegalArgumentException("not a postgresql URL");
            }
            var authority = uri.getRawAuthority();
            int at = authority.lastIndexOf('@');
            var login = at < 0 ? new String[0] : authority.substring(0, at).split(":", 2);
            var query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            var path = uri.getRawPath() == null || uri.getRawPath().length() < 2 ? "/howdah" : uri.getRawPath();
            return new Target("jdbc:postgresql://" + authority.substring(at + 1) + path + query,
                    login.length > 0 ? decode(login[0]) : defaults.user,
                    login.length > 1 ? decode(login[1]) : defaults.password);
        }

        private static String decode(String text) {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        }
    }
}
