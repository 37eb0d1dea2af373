package dev.howdah.knowledge.inprocess;

import dev.howdah.postgres.InvalidInputException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The models that can run in this process: small, quantised, for English. */
public enum Model {
    /** The fast one. */
    ALL_MINILM_L6_V2("all-minilm-l6-v2", "all-minilm-l6-v2-q", 256, Pooling.MEAN, ""),
    /** Ranks better and takes about three times as long. */
    BGE_SMALL_EN_V15("bge-small-en-v1.5", "bge-small-en-v1.5-q", 512, Pooling.FIRST,
            "Represent this sentence for searching relevant passages: ");

    /** Components of their vectors. */
    public static final int DIMENSION = 384;

    private final String id;
    private final String files;
    private final int tokensMax;
    private final Pooling pooling;
    private final String queryPrefix;

    /** How the vectors of a text's tokens become one. */
    enum Pooling {
        /** Their mean. */
        MEAN,
        /** The one of the mark that stands before the text. */
        FIRST
    }

    Model(String id, String files, int tokensMax, Pooling pooling, String queryPrefix) {
        this.id = id;
        this.files = files;
        this.tokensMax = tokensMax;
        this.pooling = pooling;
        this.queryPrefix = queryPrefix;
    }

    /**
     * The model of the name.
     *
     * @throws InvalidInputException if there is none; names those that there are
     */
    public static Model of(String id) {
        return Arrays.stream(values()).filter(model -> model.id.equals(id)).findFirst()
                .orElseThrow(() -> new InvalidInputException("embedding-model-unknown", "model",
                        "there is no model \"" + id + "\" in this process", "use one of "
                                + Arrays.stream(values()).map(Model::id).collect(Collectors.joining(", "))));
    }

    /** Its name in settings and in collections. */
    public String id() {
        return id;
    }

    /** What is to be put before a question; documents stay as they are. Empty if nothing. */
    public String queryPrefix() {
        return queryPrefix;
    }

    /** Tokens, the marks at both ends included, beyond which a text is cut: about as many as it has syllables. */
    public int tokensMax() {
        return tokensMax;
    }

    Pooling pooling() {
        return pooling;
    }

    /** Where the network lies on the class path. */
    String networkFile() {
        return files + ".onnx";
    }

    /** Where its vocabulary lies on the class path. */
    String tokenizerFile() {
        return files + "-tokenizer.json";
    }
}
