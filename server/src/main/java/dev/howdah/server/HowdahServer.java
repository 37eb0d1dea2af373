package dev.howdah.server;

import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.dependencies.ChangeNotifications;
import dev.howdah.agent.dependencies.Outbox;
import dev.howdah.agent.dependencies.Relationships;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.TaskQueue;
import java.net.BindException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** The HTTP side of a {@link Howdah}: one port for REST, A2A, health, metrics and the console. */
public final class HowdahServer implements AutoCloseable {
    private final ServletWebServerApplicationContext context;

    private HowdahServer(ServletWebServerApplicationContext context) {
        this.context = context;
    }

    /**
     * Starts to serve. The database need not be there yet: until it is, health says so and everything else answers 503.
     *
     * @throws UnavailableException if the port is in use; the message names it
     */
    public static HowdahServer start(Howdah howdah) {
        var settings = howdah.settings().server();
        var application = new SpringApplication(WebConfiguration.class);
        application.setWebApplicationType(WebApplicationType.SERVLET);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false); // the command that started us stops everything in order
        application.setDefaultProperties(properties(settings));
        application.addInitializers((ApplicationContextInitializer<GenericApplicationContext>) context -> register(
                context, howdah));
        try {
            return new HowdahServer((ServletWebServerApplicationContext) application.run());
        } catch (RuntimeException e) {
            if (isPortInUse(e)) {
                throw new UnavailableException("port-in-use", "port " + settings.port() + " on " + settings.host()
                        + " is in use", "stop the program that holds it, or choose another with --port or PORT", e);
            }
            throw e;
        }
    }

    /** The port it listens on. */
    public int port() {
        return Objects.requireNonNull(context.getWebServer()).getPort();
    }

    /** Where it is reached from this machine. */
    public String url() {
        var host = context.getBean(ServerSettings.class).host();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host.equals("0.0.0.0") ? "127.0.0.1" : host) + ":"
                + port();
    }

    /** Answers what is under way, then stops listening. */
    @Override
    public void close() {
        context.close();
    }

    /** The version of this build. */
    public static String version() {
        return Optional.ofNullable(HowdahServer.class.getPackage().getImplementationVersion()).orElse("development");
    }

    private static void register(GenericApplicationContext context, Howdah howdah) {
        context.registerBean(Howdah.class, () -> howdah, definition -> definition.setDestroyMethodName(""));
        context.registerBean(ServerSettings.class, () -> howdah.settings().server());
        context.registerBean(TaskQueue.class, howdah::queue);
        context.registerBean(SkillRegistry.class, howdah::skills);
        context.registerBean(Relationships.class, howdah::relationships);
        context.registerBean(ChangeNotifications.class, howdah::notifications);
        context.registerBean(Outbox.class, howdah::outbox);
        context.registerBean(ApiKeys.class, () -> new ApiKeys(howdah.settings().server()));
    }

    private static Map<String, Object> properties(ServerSettings settings) {
        var properties = new HashMap<String, Object>();
        properties.put("server.address", settings.host());
        properties.put("server.port", settings.port());
        properties.put("server.shutdown", "graceful");
        properties.put("server.forward-headers-strategy", "none");
        properties.put("server.compression.enabled", "true");
        properties.put("server.error.whitelabel.enabled", "false");
        properties.put("spring.lifecycle.timeout-per-shutdown-phase", "10s");
        properties.put("spring.threads.virtual.enabled", "true");
        properties.put("spring.main.lazy-initialization", "true");
        properties.put("spring.mvc.problemdetails.enabled", "false"); // Problems does it
        properties.put("spring.jackson.property-naming-strategy", "SNAKE_CASE");
        properties.put("spring.web.resources.cache.cachecontrol.no-cache", "true");
        properties.put("spring.jmx.enabled", "false");
        properties.put("springdoc.api-docs.path", "/docs/openapi");
        properties.put("springdoc.swagger-ui.path", "/docs");
        properties.put("springdoc.paths-to-exclude", "/error");
        properties.put("management.endpoints.web.base-path", "/");
        properties.put("management.endpoints.web.exposure.include", "prometheus");
        properties.put("management.endpoints.web.path-mapping.prometheus", "metrics");
        properties.put("management.endpoints.web.discovery.enabled", "false");
        properties.put("management.health.defaults.enabled", "false");
        return properties;
    }

    private static boolean isPortInUse(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof PortInUseException || e instanceof BindException) {
                return true;
            }
        }
        return false;
    }
}
