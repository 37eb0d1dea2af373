package dev.howdah.knowledge.embedding;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.knowledge.collection.IndexSettings;
import dev.howdah.knowledge.collection.Metric;
import dev.howdah.knowledge.collection.VectorSettings;
import java.util.List;

/** Makes vectors of texts. Thread-safe. */
public interface EmbeddingModel {
    /** What a text is: many models treat them differently. */
    enum Kind {
        /** Stored, and to be found. */
        DOCUMENT,
        /** A question to find it with. */
        QUERY
    }

    /** The model's name. Vectors of different names are never compared. */
    String id();

    /** Components of each vector. */
    int dimension();

    /** Whether its vectors have length 1. */
    default boolean isNormalised() {
        return true;
    }

    /** What is put before a text of the kind; empty for most models. Kept with each collection when it is created. */
    default String prefix(Kind kind) {
        return "";
    }

    /**
     * The vectors of the texts, in their order, each with {@link #dimension} components. Prefixes have been put before the
     * texts already; texts that are too long for the model are cut.
     *
     * @throws dev.howdah.postgres.UnavailableException if the model does not answer now, or not as it should
     */
    List<Embedding> embed(Kind kind, List<String> texts);

    /** What a collection stores when it is created for this model: compared by cosine. */
    default VectorSettings vectorSettings() {
        return new VectorSettings(dimension(), Metric.COSINE, id(), false, prefix(Kind.DOCUMENT), prefix(Kind.QUERY),
                IndexSettings.DEFAULT);
    }
}
