package dev.howdah.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is set of the starter itself. All settings of the libraries have their own names, as in {@code howdah.yml}.
 *
 * @param enabled Whether anything of Howdah is configured.
 * @param migrate Whether the schema is brought up to date before anything uses it.
 * @param worker Whether this application runs tasks.
 * @param awaitDatabase How long to wait for the database at start.
 * @param embedded Directory of an embedded PostgreSQL to be used if no database is named; for development.
 * @param trustedPackages Packages whose classes are read from caches and sessions, beside those of the application.
 */
@ConfigurationProperties("howdah.spring")
public record HowdahProperties(@DefaultValue("true") boolean enabled, @DefaultValue("true") boolean migrate,
        @DefaultValue("true") boolean worker, @DefaultValue("30s") Duration awaitDatabase, @Nullable Path embedded,
        @DefaultValue List<String> trustedPackages) {}
