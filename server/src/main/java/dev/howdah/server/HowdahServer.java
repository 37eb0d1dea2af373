package dev.howdah.server;

import dev.howdah.agent.SkillRegistry;
import dev.howdah.agent.grpc.A2aGrpcServer;
import dev.howdah.agent.a2a.A2aSettings;
import dev.howdah.agent.a2a.DeclaredOperations;
import dev.howdah.agent.dependencies.ChangeNotifications;
import dev.howdah.agent.dependencies.Outbox;
import dev.howdah.agent.dependencies.Relationships;
import dev.howdah.postgres.HowdahException;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.queue.Queues;
import dev.howdah.queue.Schedules;
import dev.howdah.queue.TaskQueue;
import dev.howdah.queue.TaskRates;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** What a {@link Howdah} is reached by: one port for REST, A2A, health, metrics and the console, and one for gRPC if wanted. */
public final class HowdahServer implements AutoCloseable {
    /** Of one connection; with Tomcat's 100, busy clients would connect again and again. */
    private static final int KEEP_ALIVE_REQUESTS_MAX = 100_000;

    private final ServletWebServerApplicationContext context;
    private final Howdah howdah;
    private final Optional<A2aGrpcServer> grpc;

    private HowdahServer(ServletWebServerApplicationContext context, Howdah howdah) {
        this.context = context;
        this.howdah = howdah;
        this.grpc = howdah.settings().grpc().isOn() ? Optional.of(startGrpc()) : Optional.empty();
    }

    private A2aGrpcServer startGrpc() {
        var settings = howdah.settings();
        var keys = context.getBean(ApiKeys.class);
        var card = context.getBean(AgentCard.class);
        try {
            return A2aGrpcServer.start(new InetSocketAddress(settings.server().host(), settings.grpc().port()),
                    settings.grpc(), settings.a2a(), howdah.a2a(), keys::principal, _ -> card.extended(url()));
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /**
     * Opens a Howdah and starts to serve, both at once: an embedded database starts while the web server does. An external
     * database need not be there yet: until {@link Howdah#start} has found it, health says so and everything else answers
     * 503.
     *
     * @throws UnavailableException if the port is in use, or the embedded database cannot be started
     */
    public static HowdahServer start(HowdahSettings settings) {
        return start(settings, () -> Howdah.open(settings));
    }

    /** The same with a Howdah that is opened otherwise. */
    static HowdahServer start(HowdahSettings settings, Supplier<Howdah> howdah) {
        var opening = CompletableFuture.supplyAsync(howdah,
                task -> Thread.ofPlatform().name("howdah-open").start(task));
        var application = new SpringApplication(WebConfiguration.class);
        application.setWebApplicationType(WebApplicationType.SERVLET);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false); // the command that started us stops everything in order
        application.setDefaultProperties(properties(settings.server()));
        application.addInitializers((ApplicationContextInitializer<GenericApplicationContext>) context -> register(
                context, settings.server(), opening::join));
        try {
            return new HowdahServer((ServletWebServerApplicationContext) application.run(), opening.join());
        } catch (RuntimeException e) {
            var reason = reason(e, settings.server());
            try {
                opening.join().close();
            } catch (RuntimeException also) {
                if (!(also.getCause() instanceof HowdahException)) { // else it is the reason itself
                    reason.addSuppressed(also);
                }
            }
            throw reason;
        }
    }

    /** What is served. */
    public Howdah howdah() {
        return howdah;
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

    /** Answers what is under way, stops listening, then closes the Howdah. */
    @Override
    public void close() {
        try (howdah) {
            grpc.ifPresent(A2aGrpcServer::close);
            context.close();
        }
    }

    /** The version of this build. */
    public static String version() {
        return Optional.ofNullable(HowdahServer.class.getPackage().getImplementationVersion()).orElse("development");
    }

    private static void register(GenericApplicationContext context, ServerSettings settings, Supplier<Howdah> howdah) {
        context.registerBean(ServerSettings.class, () -> settings);
        context.registerBean(ApiKeys.class, () -> new ApiKeys(settings));
        context.registerBean(Howdah.class, howdah, definition -> definition.setDestroyMethodName(""));
        context.registerBean(TaskQueue.class, () -> howdah.get().queue());
        context.registerBean(TaskRates.class, () -> howdah.get().rates());
        context.registerBean(Queues.class, () -> howdah.get().queues());
        context.registerBean(Schedules.class, () -> howdah.get().schedules());
        context.registerBean(SkillRegistry.class, () -> howdah.get().skills());
        context.registerBean(AgentCard.class, () -> new AgentCard(howdah.get().settings(), howdah.get().skills(),
                context.getBean(ApiKeys.class)));
        context.registerBean(Relationships.class, () -> howdah.get().relationships());
        context.registerBean(ChangeNotifications.class, () -> howdah.get().notifications());
        context.registerBean(Outbox.class, () -> howdah.get().outbox());
        context.registerBean(A2aSettings.class, () -> howdah.get().settings().a2a());
        context.registerBean(DeclaredOperations.class, () -> howdah.get().a2a());
    }

    private static Map<String, Object> properties(ServerSettings settings) {
        var properties = new HashMap<String, Object>();
        properties.put("server.address", settings.host());
        properties.put("server.port", settings.port());
        properties.put("server.shutdown", "graceful");
        properties.put("server.forward-headers-strategy", "none");
        properties.put("server.compression.enabled", "true");
        properties.put("server.tomcat.max-keep-alive-requests", KEEP_ALIVE_REQUESTS_MAX);
        properties.put("server.error.whitelabel.enabled", "false");
        properties.put("spring.lifecycle.timeout-per-shutdown-phase", "10s");
        properties.put("spring.threads.virtual.enabled", "true");
        properties.put("spring.main.lazy-initialization", "true");
        properties.put("spring.mvc.problemdetails.enabled", "false"); // Problems does it
        properties.put("spring.jackson.property-naming-strategy", "SNAKE_CASE");
        properties.put("spring.jackson.deserialization.fail-on-unknown-properties", "true"); // a typing error is told
        properties.put("spring.web.resources.cache.cachecontrol.no-cache", "true");
        properties.put("spring.jmx.enabled", "false");
        properties.put("springdoc.api-docs.path", "/docs/openapi");
        properties.put("springdoc.swagger-ui.path", "/docs");
        properties.put("springdoc.paths-to-exclude", "/error");
        properties.put("springdoc.default-produces-media-type", "application/json");
        properties.put("springdoc.writer-with-order-by-keys", "true"); // so that two of them can be compared
        return properties;
    }

    /** What a failed start comes down to: ours if there is one, the port, else the failure itself. */
    private static RuntimeException reason(RuntimeException error, ServerSettings settings) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof HowdahException known) {
                return known;
            }
            if (e instanceof PortInUseException || e instanceof BindException) {
                return new UnavailableException("port-in-use",
                        "port " + settings.port() + " on " + settings.host() + " is in use",
                        "stop the program that holds it, or choose another with --port or PORT", error);
            }
        }
        return error;
    }
}
