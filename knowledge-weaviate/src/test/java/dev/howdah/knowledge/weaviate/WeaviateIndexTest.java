package dev.howdah.knowledge.weaviate;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.vector.VectorIndex;
import dev.howdah.knowledge.vector.VectorIndexContract;
import dev.howdah.postgres.Database;
import org.junit.jupiter.api.AfterEach;

/** The contract, over a fake server. */
class WeaviateIndexTest extends VectorIndexContract {
    private final FakeWeaviate weaviate = new FakeWeaviate();

    @AfterEach
    void stop() {
        weaviate.close();
    }

    @Override
    protected Database database() {
        return SearchDatabase.create();
    }

    @Override
    protected VectorIndex open(Database given) {
        return new WeaviateIndex(given, weaviate.settings(""));
    }
}
