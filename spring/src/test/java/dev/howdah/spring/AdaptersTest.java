package dev.howdah.spring;

import dev.howdah.spring.json.TypedJson;
import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.cache.Caches;
import dev.howdah.documents.Documents;
import dev.howdah.spring.ai.HowdahChatMemoryRepository;
import dev.howdah.spring.ai.HowdahVectorStore;
import dev.howdah.sessions.Sessions;
import dev.howdah.spring.cache.HowdahCacheManager;
import dev.howdah.spring.session.HowdahSessionRepository;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.memory.ChatMemoryRepository;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.AbstractEmbeddingModel;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;
import org.springframework.ai.vectorstore.VectorStore;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.jackson.SecurityJacksonModules;
import org.springframework.session.SessionRepository;
import org.springframework.session.web.http.SessionRepositoryFilter;

class AdaptersTest extends SpringTest {
    private static final AutoConfigurations ADAPTERS = AutoConfigurations.of(TypedJsonAutoConfiguration.class,
            SessionAutoConfiguration.class, CacheAutoConfiguration.class, DocumentsAutoConfiguration.class,
            KnowledgeAutoConfiguration.class,
            HealthAutoConfiguration.class, SpringAiAutoConfiguration.class,
            SpringAiAutoConfiguration.Vectors.class);
    private final ApplicationContextRunner application = application().withConfiguration(ADAPTERS)
            .withPropertyValues("howdah.spring.worker=false");

    record Rate(String currency, double value) {}

    @Test
    void cachesAreThoseOfSpring() {
        application.withPropertyValues("howdah.spring.trusted-packages=dev.howdah.spring").run(context -> {
            var rates = Objects.requireNonNull(context.getBean(CacheManager.class).getCache("rates"));
            rates.put("EUR", new Rate("EUR", 1.08));
            assertThat(rates.get("EUR", Rate.class)).isEqualTo(new Rate("EUR", 1.08));
            assertThat(context.getBean(Caches.class).open("rates").get("EUR")).isPresent();
        });
        application.withBean(CacheManager.class, NoOpCacheManager::new).run(context -> assertThat(context)
                .hasSingleBean(Caches.class).doesNotHaveBean(HowdahCacheManager.class));
        application.withClassLoader(new FilteredClassLoader(Caches.class)).run(context -> assertThat(context)
                .hasNotFailed().doesNotHaveBean(CacheManager.class));
    }

    @Test
    void sessionsAreThoseOfHttp() {
        application.run(context -> assertThat(context).hasSingleBean(HowdahSessionRepository.class)
                .doesNotHaveBean(SessionRepositoryFilter.class));
        application.withClassLoader(new FilteredClassLoader(SecurityJacksonModules.class)).run(context -> assertThat(
                context).hasSingleBean(TypedJson.class).hasSingleBean(HowdahSessionRepository.class));
        application.withClassLoader(new FilteredClassLoader(SessionRepository.class)).run(context -> assertThat(context)
                .hasSingleBean(Sessions.class).doesNotHaveBean("howdahSessionRepository"));
        new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(HowdahAutoConfiguration.class))
                .withConfiguration(ADAPTERS).withPropertyValues(database()).withPropertyValues(
                        "howdah.spring.worker=false")
                .run(context -> {
                    var filter = context.getBean(SessionRepositoryFilter.class);
                    var answer = new MockHttpServletResponse();
                    filter.doFilter(new MockHttpServletRequest(), answer, (request,
                            response) -> ((HttpServletRequest) request).getSession().setAttribute("cart", "tea"));
                    assertThat(answer.getCookie("SESSION")).isNotNull();
                    assertThat(context.getBean(Sessions.class).statistics().active()).isEqualTo(1);
                });
    }

    @Test
    void documentsAndChatMemoryAreThere() {
        application.run(context -> {
            assertThat(context).hasSingleBean(Documents.class).hasSingleBean(HowdahChatMemoryRepository.class);
            var memory = context.getBean(ChatMemoryRepository.class);
            memory.saveAll("c", List.of(new UserMessage("hello")));
            assertThat(memory.findByConversationId("c")).singleElement().isEqualTo(new UserMessage("hello"));
        });
        application.withClassLoader(new FilteredClassLoader(ChatMemoryRepository.class))
                .run(context -> assertThat(context).hasSingleBean(Documents.class)
                        .doesNotHaveBean("howdahChatMemoryRepository"));
    }

    /** Texts of the same length mean the same. */
    private static final class Lengths extends AbstractEmbeddingModel {
        @Override
        public EmbeddingResponse call(EmbeddingRequest request) {
            return new EmbeddingResponse(request.getInstructions().stream().map(text -> new Embedding(vector(text),
                    0)).toList());
        }

        @Override
        public float[] embed(Document document) {
            return vector(String.valueOf(document.getText()));
        }

        private static float[] vector(String text) {
            return new float[]{text.length(), 10};
        }
    }

    @Test
    void aVectorStoreIsThereIfThereIsAModel() {
        application.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(VectorStore.class));
        application.withBean(EmbeddingModel.class, Lengths::new).run(context -> {
            assertThat(context).hasSingleBean(HowdahVectorStore.class);
            var store = context.getBean(VectorStore.class);
            store.add(List.of(new Document("a much longer text than the other"), new Document("short")));
            assertThat(store.similaritySearch("small")).first().extracting(Document::getText).isEqualTo("short");
        });
    }

    @Test
    void healthIsThatOfTheDatabase() {
        application.run(context -> assertThat(Objects.requireNonNull(context.getBean(
                HealthIndicator.class).health(true)).getStatus()).isEqualTo(Status.UP));
    }
}
