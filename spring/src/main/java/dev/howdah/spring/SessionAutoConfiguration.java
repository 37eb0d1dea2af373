package dev.howdah.spring;

import dev.howdah.spring.json.TypedJson;
import dev.howdah.postgres.Database;
import dev.howdah.sessions.SessionSettings;
import dev.howdah.sessions.SessionUpkeep;
import dev.howdah.sessions.Sessions;
import dev.howdah.spring.session.HowdahSessionRepository;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.session.SessionRepository;
import org.springframework.session.config.annotation.web.http.SpringHttpSessionConfiguration;
import org.springframework.session.web.http.SessionRepositoryFilter;

/** Sessions, and with Spring Session those of HTTP. */
@AutoConfiguration(after = {HowdahAutoConfiguration.class,
        TypedJsonAutoConfiguration.class}, beforeName = "org.springframework.boot.session.autoconfigure.SessionAutoConfiguration")
@ConditionalOnClass(Sessions.class)
@ConditionalOnBean(Database.class)
public final class SessionAutoConfiguration {
    @Bean
    HowdahModule howdahSessionsModule() {
        return new HowdahModule("sessions");
    }

    @Bean
    @ConditionalOnMissingBean
    SessionSettings howdahSessionSettings(SpringSettings settings) {
        return settings.read(SessionSettings::from);
    }

    @Bean
    @ConditionalOnMissingBean
    Sessions howdahSessions(Database database, SessionSettings settings) {
        return new Sessions(database, settings);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    @ConditionalOnMissingBean
    SessionUpkeep howdahSessionUpkeep(Sessions sessions) {
        return sessions.upkeep();
    }

    /** In place of what the container keeps in memory. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SessionRepository.class)
    static class Http {
        @Bean
        @ConditionalOnMissingBean(SessionRepository.class)
        HowdahSessionRepository howdahSessionRepository(Database database, Sessions sessions, SessionSettings settings,
                TypedJson json) {
            return new HowdahSessionRepository(database, sessions, settings, json);
        }

        /** The filter that gives requests their sessions. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
        @ConditionalOnMissingBean(SessionRepositoryFilter.class)
        @Import(SpringHttpSessionConfiguration.class)
        static class Filter {}
    }
}
