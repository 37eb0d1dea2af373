package dev.howdah.knowledge.langchain4j;

import dev.howdah.knowledge.SearchDatabase;
import dev.howdah.knowledge.collection.Collections;
import dev.howdah.knowledge.collection.Entries;
import dev.howdah.knowledge.collection.SearchCollection;
import dev.howdah.knowledge.collection.VectorSettings;
import dev.howdah.knowledge.vector.VectorIndexSettings;
import dev.howdah.knowledge.vector.VectorIndexSettings.Choice;
import dev.howdah.knowledge.vector.VectorIndexes;
import dev.howdah.postgres.Database;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Empty stores for tests, each over a collection of its own; all of one kind share a database. */
final class Stores {
    static final Stores EXACT = new Stores(SearchDatabase.create(), Choice.EXACT);
    static final Stores PGVECTOR = new Stores(SearchDatabase.createWithPgvector(), Choice.PGVECTOR);

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

    HowdahEmbeddingStore empty() {
        return empty(WordsModel.DIMENSION);
    }

    HowdahEmbeddingStore empty(int dimension) {
        var collection = new Collections(database).create(SearchCollection.named("store-" + count.incrementAndGet())
                .withVectors(VectorSettings.of(dimension)));
        return HowdahEmbeddingStore.over(database, collection, new Entries(database, List.of()),
                new VectorIndexes(database, VectorIndexSettings.defaults().with(choice)));
    }
}
