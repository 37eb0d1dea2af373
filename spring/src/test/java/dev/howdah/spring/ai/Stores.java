package dev.howdah.spring.ai;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.vector.VectorIndexSettings;
import dev.howdah.knowledge.vector.VectorIndexSettings.Choice;
import dev.howdah.knowledge.vector.VectorIndexes;
import dev.howdah.postgres.Database;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.ai.embedding.EmbeddingModel;

/** Empty stores for tests, each over a collection of its own; all of one kind share a database. */
final class Stores {
    static final Stores EXACT = new Stores(SearchDatabase.create(), Choice.EXACT);

    /** Started only by the tests that use it. */
    static final class Pgvector {
        static final Stores STORES = new Stores(SearchDatabase.createWithPgvector(), Choice.PGVECTOR);

        private Pgvector() {}
    }

    private final AtomicInteger count = new AtomicInteger();
    private final Database database;
    private final Choice choice;

    private Stores(Database database, Choice choice) {
        this.database = database;
        this.choice = choice;
    }

    Database database() {
        return database;
    }

    HowdahVectorStore empty() {
        return builder(new WordsModel()).build();
    }

    HowdahVectorStore.Builder builder(EmbeddingModel model) {
        return HowdahVectorStore.builder(database, model).collectionName("store-" + count.incrementAndGet())
                .index(new VectorIndexes(database, VectorIndexSettings.defaults().with(choice)));
    }
}
