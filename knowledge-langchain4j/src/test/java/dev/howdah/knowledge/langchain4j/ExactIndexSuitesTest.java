package dev.howdah.knowledge.langchain4j;

import static dev.langchain4j.store.embedding.filter.MetadataFilterBuilder.metadataKey;
import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.EmbeddingStore;
import dev.langchain4j.store.embedding.EmbeddingStoreAddAllContract;
import dev.langchain4j.store.embedding.EmbeddingStoreRemoveAllContract;
import dev.langchain4j.store.embedding.EmbeddingStoreWithFilteringIT;
import dev.langchain4j.store.embedding.EmbeddingStoreWithRemovalIT;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** LangChain4j's own suites for embedding stores, without pgvector. */
class ExactIndexSuitesTest {
    @Nested
    class Filtering extends EmbeddingStoreWithFilteringIT {
        private final HowdahEmbeddingStore store = Stores.EXACT.empty();

        @Override
        protected EmbeddingStore<TextSegment> embeddingStore() {
            return store;
        }

        @Override
        protected EmbeddingModel embeddingModel() {
            return new WordsModel();
        }

        @Override
        protected boolean supportsContains() {
            return true;
        }

        /** Theirs is for stores without this filter. This one has it: an entry that does not contain the text is no match. */
        @Test
        @Override
        protected void should_throw_exception_when_contains_is_not_supported() {
            store.add(embeddingModel().embed("text").content(), TextSegment.from("text"));
            assertThat(store.search(EmbeddingSearchRequest.builder()
                    .queryEmbedding(embeddingModel().embed("text").content())
                    .filter(metadataKey("key").containsString("value")).build()).matches()).isEmpty();
        }
    }

    @Nested
    class Removal extends EmbeddingStoreWithRemovalIT {
        private final HowdahEmbeddingStore store = Stores.EXACT.empty();

        @Override
        protected EmbeddingStore<TextSegment> embeddingStore() {
            return store;
        }

        @Override
        protected EmbeddingModel embeddingModel() {
            return new WordsModel();
        }
    }

    @Nested
    class AddAll implements EmbeddingStoreAddAllContract {
        private final HowdahEmbeddingStore store = Stores.EXACT.empty();

        @Override
        public EmbeddingStore<TextSegment> embeddingStore() {
            return store;
        }
    }

    @Nested
    class RemoveAll implements EmbeddingStoreRemoveAllContract {
        private final HowdahEmbeddingStore store = Stores.EXACT.empty();

        @Override
        public EmbeddingStore<TextSegment> embeddingStore() {
            return store;
        }
    }
}
