package dev.howdah.spring;

import dev.howdah.spring.json.TypedJson;
import dev.howdah.cache.CacheSettings;
import dev.howdah.cache.Caches;
import dev.howdah.postgres.Database;
import dev.howdah.spring.cache.HowdahCacheManager;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;

/** Caches, also for Spring's annotations, unless the application has a cache manager already. */
@AutoConfiguration(after = {HowdahAutoConfiguration.class,
        TypedJsonAutoConfiguration.class}, beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration")
@ConditionalOnClass(Caches.class)
@ConditionalOnBean(Database.class)
public final class CacheAutoConfiguration {
    @Bean
    HowdahModule howdahCacheModule() {
        return new HowdahModule("cache");
    }

    @Bean
    @ConditionalOnMissingBean
    CacheSettings howdahCacheSettings(SpringSettings settings) {
        return settings.read(CacheSettings::from);
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    @ConditionalOnMissingBean
    Caches howdahCaches(Database database, CacheSettings settings) {
        return new Caches(database, settings);
    }

    @Bean
    @ConditionalOnMissingBean(CacheManager.class)
    HowdahCacheManager howdahCacheManager(Caches caches, TypedJson json) {
        return new HowdahCacheManager(caches, json);
    }
}
