package dev.howdah.knowledge.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Texts that share groups of letters are near each other: enough for a store, and nothing has to be loaded. */
final class WordsModel implements EmbeddingModel {
    static final int DIMENSION = 384;

    @Override
    public int dimension() {
        return DIMENSION;
    }

    @Override
    public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
        return Response.from(segments.stream().map(segment -> embedding(segment.text())).toList());
    }

    private static Embedding embedding(String text) {
        var padded = " " + text.toLowerCase(Locale.ROOT) + " ";
        var vector = new float[DIMENSION];
        for (int i = 0; i + 3 <= padded.length(); i++) {
            var direction = new Random(padded.substring(i, i + 3).hashCode());
            for (int j = 0; j < DIMENSION; j++) {
                vector[j] += (float) direction.nextGaussian();
            }
        }
        var embedding = Embedding.from(vector);
        embedding.normalize();
        return embedding;
    }
}
