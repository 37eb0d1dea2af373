package dev.howdah.spring.ai;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;

/** Texts that share words are near each other: enough for a store, and nothing has to be loaded. Counts what it was asked. */
final class WordsModel implements EmbeddingModel {
    static final int DIMENSION = 128;

    final List<Integer> calls = new ArrayList<>();

    @Override
    public int dimensions() {
        return DIMENSION;
    }

    @Override
    public float[] embed(Document document) {
        return vector(Objects.requireNonNull(document.getText()));
    }

    @Override
    public EmbeddingResponse call(EmbeddingRequest request) {
        calls.add(request.getInstructions().size());
        var results = new ArrayList<Embedding>();
        request.getInstructions().forEach(text -> results.add(new Embedding(vector(text), results.size())));
        return new EmbeddingResponse(results);
    }

    private static float[] vector(String text) {
        var vector = new float[DIMENSION];
        for (var word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
            var direction = new Random(word.hashCode());
            for (int i = 0; i < DIMENSION; i++) {
                vector[i] += (float) direction.nextGaussian();
            }
        }
        return vector;
    }
}
