package dev.howdah.server;

import dev.howdah.agent.a2a.ExtendedCard;
import dev.howdah.server.a2a.A2aConfiguration;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.time.Duration;
import java.util.stream.Stream;
import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springdoc.core.properties.SwaggerUiConfigProperties;
import org.springdoc.core.properties.SwaggerUiOAuthProperties;
import org.springdoc.webmvc.core.configuration.MultipleOpenApiSupportConfiguration;
import org.springdoc.webmvc.core.configuration.SpringDocWebMvcConfiguration;
import org.springdoc.webmvc.ui.SwaggerConfig;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.jvm.JvmMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.system.SystemMetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.servlet.autoconfigure.HttpEncodingAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcObservationAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Wires the web layer; nothing is scanned, everything stands here. So do the auto-configurations: to look through all that
 * are on the class path takes a second at every start.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({PropertyPlaceholderAutoConfiguration.class, ConfigurationPropertiesAutoConfiguration.class,
        LifecycleAutoConfiguration.class, TaskExecutionAutoConfiguration.class, JacksonAutoConfiguration.class,
        HttpMessageConvertersAutoConfiguration.class, TomcatServletWebServerAutoConfiguration.class,
        DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class, ErrorMvcAutoConfiguration.class,
        HttpEncodingAutoConfiguration.class, MetricsAutoConfiguration.class,
        CompositeMeterRegistryAutoConfiguration.class, PrometheusMetricsExportAutoConfiguration.class,
        JvmMetricsAutoConfiguration.class, SystemMetricsAutoConfiguration.class, ObservationAutoConfiguration.class,
        WebMvcObservationAutoConfiguration.class, SpringDocConfiguration.class, SpringDocConfigProperties.class,
        SpringDocWebMvcConfiguration.class, MultipleOpenApiSupportConfiguration.class, SwaggerConfig.class,
        SwaggerUiConfigProperties.class, SwaggerUiOAuthProperties.class})
@Import({ApiDescription.class, RootController.class, HealthController.class, SkillsController.class,
        RelationshipsController.class,
        ChangesController.class, TasksController.class, WorkersController.class, QueuesController.class,
        SchedulesController.class, ActionsController.class, WorkflowsController.class, ExecutionsController.class,
        EventsController.class, LiveController.class, ArtifactsController.class, WorkflowSockets.class,
        WorkflowSchedulesController.class, MetricsController.class, CollectionsController.class,
        KnowledgeController.class, KnowledgeSearchController.class, AgentTasksController.class, PushController.class,
        ModelsController.class, ModelCardsController.class, McpController.class, A2aConfiguration.class,
        RemoteAgentsController.class, CallbacksController.class, ImportsController.class,
        CachesController.class, CacheEntriesController.class,
        SessionsController.class, CurrentSessionController.class, DocumentCollectionsController.class,
        DocumentsController.class, DocumentQueriesController.class, DocumentChangesController.class,
        DocumentSearchController.class, DoctorController.class, DatabaseController.class,
        ConnectionsController.class, SlowQueriesController.class, BackupsController.class, SettingsController.class,
        Problems.class, HowdahMetrics.class})
class WebConfiguration {
    /** What is answered from the database. */
    private static final String[] WITH_DATABASE = {"/api/*", "/a2a", "/a2a/execute", "/a2a/rest/*", "/a2a/tasks/*",
            "/a2a/model-cards", "/a2a/model-cards/*", "/a2a/projects/*", "/a2a/callbacks/*", "/v1/*", "/ws/*",
            McpController.PATH};

    /** The console's files have the hash of their content in their names, all but its page. */
    @Bean
    WebMvcConfigurer consoleFiles() {
        return new WebMvcConfigurer() {
            @Override
            public void addResourceHandlers(ResourceHandlerRegistry registry) {
                registry.addResourceHandler("/console/assets/**")
                        .addResourceLocations("classpath:/META-INF/resources/console/assets/")
                        .setCacheControl(CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable());
            }
        };
    }

    @Bean
    FilterRegistrationBean<TraceFilter> traceFilter(Howdah howdah) {
        var registration = new FilterRegistrationBean<>(new TraceFilter(howdah));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 5);
        return registration;
    }

    @Bean
    FilterRegistrationBean<ApiKeyFilter> apiKeyFilter(ApiKeys keys) {
        var registration = new FilterRegistrationBean<>(new ApiKeyFilter(keys));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        return registration;
    }

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimitFilter(ServerSettings settings, Howdah howdah) {
        var registration = new FilterRegistrationBean<>(new BodyLimitFilter(settings.bodyMax(),
                howdah.settings().workflow().artifactMax(), howdah.settings().cache().valueMax()));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 20);
        return registration;
    }

    @Bean
    FilterRegistrationBean<ReadyFilter> readyFilter(Howdah howdah) {
        var registration = new FilterRegistrationBean<>(new ReadyFilter(howdah));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 30);
        registration.addUrlPatterns(WITH_DATABASE);
        return registration;
    }

    @Bean
    FilterRegistrationBean<ConsistencyFilter> consistencyFilter(Howdah howdah) {
        var registration = new FilterRegistrationBean<>(new ConsistencyFilter(howdah.database(),
                howdah.settings().replicas().readConsistency()));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 35);
        registration.addUrlPatterns(WITH_DATABASE);
        return registration;
    }

    @Bean
    FilterRegistrationBean<OnlyInPostgresFilter> onlyInPostgresFilter(Howdah howdah) {
        var registration = new FilterRegistrationBean<>(new OnlyInPostgresFilter(howdah));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 40);
        registration.addUrlPatterns("/api/queues", "/api/queues/*", "/api/schedules", "/api/schedules/*",
                "/api/workers", "/api/statistics/minutes", "/api/statistics/storage", "/api/workflows",
                "/api/workflows/*",
                "/api/workflow/*", "/api/executions", "/api/executions/*", "/api/reviews", "/ws/*",
                "/a2a", "/a2a/rest/*", "/a2a/tasks/*", "/v1/a2a/tasks/*");
        return registration;
    }

    /**
     * The container's own sockets: Spring's handlers would add a library and a layer, and nothing that is needed. A listener
     * that is given as an object comes after those that are given by name, of which one makes the container of sockets.
     */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> sockets(ObjectProvider<WorkflowSockets> sockets) {
        return factory -> factory.addContextCustomizers(context -> context.setApplicationLifecycleListeners(
                Stream.concat(Stream.of(context.getApplicationLifecycleListeners()),
                        Stream.of(new ServletContextListener() {
                            @Override
                            public void contextInitialized(ServletContextEvent event) {
                                addSockets((ServerContainer) event.getServletContext()
                                        .getAttribute(ServerContainer.class.getName()), sockets);
                            }
                        })).toArray()));
    }

    private static void addSockets(ServerContainer container, ObjectProvider<WorkflowSockets> sockets) {
        try {
            container.addEndpoint(ServerEndpointConfig.Builder.create(WorkflowSockets.Socket.class, "/ws/workflow/{id}")
                    .configurator(new ServerEndpointConfig.Configurator() {
                        @Override
                        public <T> T getEndpointInstance(Class<T> type) {
                            return type.cast(sockets.getObject().socket());
                        }
                    }).build());
        } catch (DeploymentException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client that does not read is cut, so that what it keeps waiting ends. */
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> socketTimeout(ServerSettings settings) {
        return factory -> factory.addConnectorCustomizers(connector -> connector.setProperty("connectionTimeout",
                String.valueOf(settings.socketTimeout().toMillis())));
    }

    @Bean
    ExtendedCard extendedCard(AgentCard card) {
        return caller -> card.extended(ServletUriComponentsBuilder.fromCurrentContextPath().build().toUriString());
    }
}
