package dev.howdah.spring;

import dev.howdah.knowledge.Knowledge;
import dev.howdah.postgres.Database;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** The tables of what is searched. */
@AutoConfiguration(after = HowdahAutoConfiguration.class)
@ConditionalOnClass(Knowledge.class)
@ConditionalOnBean(Database.class)
public final class KnowledgeAutoConfiguration {
    @Bean
    HowdahModule howdahKnowledgeModule() {
        return new HowdahModule("knowledge");
    }
}
