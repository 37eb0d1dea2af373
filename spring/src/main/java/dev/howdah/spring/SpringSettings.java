package dev.howdah.spring;

import dev.howdah.postgres.Configuration;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.core.env.Environment;

/** Settings of the libraries, from wherever the application's properties come. */
final class SpringSettings {
    private final Environment environment;

    /** Those of an environment. */
    SpringSettings(Environment environment) {
        this.environment = environment;
    }

    /**
     * Settings of a module, such as {@code read(QueueSettings::from)}.
     *
     * @throws dev.howdah.postgres.ConfigurationException if any is wrong; the message names each
     */
    <T> T read(Function<Configuration, T> settings) {
        var configuration = Configuration.of(name -> Optional.ofNullable(environment.getProperty(name)));
        T read = settings.apply(configuration);
        configuration.check();
        return read;
    }
}
