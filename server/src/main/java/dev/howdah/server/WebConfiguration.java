package dev.howdah.server;

import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;

/** Wires the web layer; nothing is scanned, everything stands here. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({RootController.class, HealthController.class, SkillsController.class, RelationshipsController.class,
        ChangesController.class, TasksController.class, ActionsController.class, Problems.class, HowdahMetrics.class})
class WebConfiguration {
    @Bean
    FilterRegistrationBean<ApiKeyFilter> apiKeyFilter(ApiKeys keys) {
        var registration = new FilterRegistrationBean<>(new ApiKeyFilter(keys, JsonMapper.shared()));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 10);
        return registration;
    }

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimitFilter(ServerSettings settings) {
        var registration = new FilterRegistrationBean<>(new BodyLimitFilter(settings.bodyMax(), JsonMapper.shared()));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 20);
        return registration;
    }

    @Bean
    FilterRegistrationBean<ReadyFilter> readyFilter(Howdah howdah) {
        var registration = new FilterRegistrationBean<>(new ReadyFilter(howdah, JsonMapper.shared()));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 30);
        registration.addUrlPatterns("/api/*", "/a2a/execute");
        return registration;
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI().info(new Info().title("Howdah").version(HowdahServer.version())
                .description("Durable triage of changes for the repositories that depend on them."));
    }

    /** The documentation's own JSON mapper must name fields as the API does. */
    @Bean
    ModelResolver modelResolver() {
        return new ModelResolver(Json31.mapper().copy()
                .setPropertyNamingStrategy(com.fasterxml.jackson.databind.PropertyNamingStrategies.SNAKE_CASE));
    }
}
