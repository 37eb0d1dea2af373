package dev.howdah.spring;

import dev.howdah.spring.json.TypedJson;
import dev.howdah.documents.Documents;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.postgres.Database;
import dev.howdah.spring.ai.HowdahChatMemoryRepository;
import dev.howdah.spring.ai.HowdahVectorStore;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Spring AI's vector store and chat memory, for whoever has Spring AI; after the models, which others configure. */
@AutoConfiguration(after = {DocumentsAutoConfiguration.class, KnowledgeAutoConfiguration.class,
        TypedJsonAutoConfiguration.class}, beforeName = "org.springframework.ai.model.chat.memory.autoconfigure.ChatMemoryAutoConfiguration")
public final class SpringAiAutoConfiguration {
    private static final String CHAT_MEMORY = "chat-memory";

    /** Where messages are kept. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ChatMemoryRepository.class, Documents.class})
    @ConditionalOnBean(Documents.class)
    static class Memory {
        @Bean
        @ConditionalOnMissingBean(ChatMemoryRepository.class)
        HowdahChatMemoryRepository howdahChatMemoryRepository(Documents documents, TypedJson json) {
            return HowdahChatMemoryRepository.open(documents, CHAT_MEMORY, json);
        }
    }

    /** What is searched by meaning, if there is a model for it. */
    @AutoConfiguration
    @AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
    @ConditionalOnClass({VectorStore.class, Knowledge.class})
    @ConditionalOnBean(Database.class)
    @ConditionalOnSingleCandidate(EmbeddingModel.class)
    public static final class Vectors {
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean(VectorStore.class)
        HowdahVectorStore howdahVectorStore(Database database, EmbeddingModel model) {
            return HowdahVectorStore.builder(database, model).build();
        }
    }
}
