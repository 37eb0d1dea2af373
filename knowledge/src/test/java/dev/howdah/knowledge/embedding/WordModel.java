package dev.howdah.knowledge.embedding;

import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.postgres.UnavailableException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A model for tests: texts with the same words are alike. Counts what it is asked, and can be down. */
public final class WordModel implements EmbeddingModel {
    private static final Pattern WORD = Pattern.compile("\\w+");

    private final String id;
    private final int dimension;
    private final AtomicInteger texts = new AtomicInteger();
    private volatile boolean down;

    public WordModel(String id, int dimension) {
        this.id = id;
        this.dimension = dimension;
    }

    /** How many texts it was asked for. */
    public int texts() {
        return texts.get();
    }

    public void setDown(boolean value) {
        down = value;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public int dimension() {
        return dimension;
    }

    @Override
    public String prefix(Kind kind) {
        return kind == Kind.QUERY ? "query: " : "";
    }

    @Override
    public List<Embedding> embed(Kind kind, List<String> given) {
        if (down) {
            throw new UnavailableException("embedding-unavailable", "connection refused", "start it", null);
        }
        texts.addAndGet(given.size());
        return given.stream().map(this::embedding).toList();
    }

    private Embedding embedding(String text) {
        var values = new float[dimension];
        WORD.matcher(text.toLowerCase(Locale.ROOT)).results().map(MatchResult::group)
                .filter(word -> !word.equals("query") && !word.equals("zero"))
                .forEach(word -> values[Math.floorMod(word.hashCode(), dimension)]++);
        return Embedding.of(values);
    }
}
