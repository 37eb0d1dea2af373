package dev.howdah.spring;

import dev.howdah.spring.json.TypedJson;
import dev.howdah.spring.session.SecurityJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.util.ClassUtils;

/** Reads classes of the application, of those packages that it trusts besides, and of Spring Security if that is there. */
@AutoConfiguration(after = HowdahAutoConfiguration.class)
@ConditionalOnBean(HowdahProperties.class)
public final class TypedJsonAutoConfiguration {
    /** Who is signed in is kept in sessions, too. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(SecurityJacksonModules.class)
    static class WithSecurity {
        @Bean
        @ConditionalOnMissingBean
        TypedJson howdahSecurityTypedJson(BeanFactory beans, HowdahProperties properties) {
            var trusted = trusted(beans, properties);
            var packages = new ArrayList<>(trusted);
            packages.add(SecurityJson.PACKAGE);
            return new TypedJson(packages, loader(), SecurityJson.modules(trusted, loader()));
        }
    }

    @Bean
    @ConditionalOnMissingBean
    TypedJson howdahTypedJson(BeanFactory beans, HowdahProperties properties) {
        return new TypedJson(trusted(beans, properties), loader(), List.of());
    }

    private static List<String> trusted(BeanFactory beans, HowdahProperties properties) {
        var packages = new ArrayList<>(properties.trustedPackages());
        if (AutoConfigurationPackages.has(beans)) {
            packages.addAll(AutoConfigurationPackages.get(beans));
        }
        return packages;
    }

    private static ClassLoader loader() {
        return Objects.requireNonNullElseGet(ClassUtils.getDefaultClassLoader(), ClassLoader::getSystemClassLoader);
    }
}
