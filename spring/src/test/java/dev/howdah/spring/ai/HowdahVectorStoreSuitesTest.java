package dev.howdah.spring.ai;

import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.springframework.ai.test.vectorstore.BaseVectorStoreTests;
import org.springframework.ai.vectorstore.VectorStore;

/** Spring AI's own suite for vector stores, with and without pgvector. */
class HowdahVectorStoreSuitesTest {
    @Nested
    class Exact extends BaseVectorStoreTests {
        @Override
        protected void executeTest(Consumer<VectorStore> test) {
            test.accept(Stores.EXACT.empty());
        }
    }

    @Nested
    class Pgvector extends BaseVectorStoreTests {
        @Override
        protected void executeTest(Consumer<VectorStore> test) {
            test.accept(Stores.Pgvector.STORES.empty());
        }
    }
}
