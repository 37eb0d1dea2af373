package dev.howdah.knowledge.inprocess;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.howdah.knowledge.collection.Embedding;
import dev.howdah.postgres.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes the vector of one text. One at a time on purpose: the networks are quantised by the largest value of what is computed
 * together, so that in a batch a text's vector would depend on its neighbours. Thread-safe; the work is done in the thread
 * that calls.
 */
final class Encoder implements AutoCloseable {
    static {
        // The tokenizer would otherwise report to its makers that it is used, and look for another build of itself.
        System.setProperty("ai.djl.offline", "true");
    }

    private final Model model;
    private final HuggingFaceTokenizer tokenizer;
    private final OrtEnvironment environment;
    private final OrtSession session;

    private Encoder(Model model, HuggingFaceTokenizer tokenizer, OrtEnvironment environment, OrtSession session) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.environment = environment;
        this.session = session;
    }

    /**
     * Loads the model.
     *
     * @throws UnavailableException if its files or native libraries cannot be loaded
     */
    static Encoder load(Model model) {
        try {
            var environment = OrtEnvironment.getEnvironment();
            var session = session(environment, model);
            try {
                return new Encoder(model, tokenizer(model), environment, session);
            } catch (IOException | RuntimeException | Error e) {
                close(session, e);
                throw e;
            }
        } catch (IOException | OrtException | LinkageError e) {
            throw new UnavailableException("embedding-model-unavailable",
                    "the model " + model.id() + " cannot be loaded: " + e.getMessage(),
                    "it needs Linux on x86-64, and space in the directories for temporary files and in ~/.djl.ai", e);
        }
    }

    /**
     * The text's vector, of length 1. A text that is too long is cut.
     *
     * @throws UnavailableException if the network fails
     */
    Embedding embed(String text) {
        var tokens = tokenizer.encode(text);
        try (var ids = tensor(tokens.getIds());
                var mask = tensor(tokens.getAttentionMask());
                var types = tensor(tokens.getTypeIds())) {
            var inputs = new HashMap<>(Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types));
            inputs.keySet().retainAll(session.getInputNames());
            try (var result = session.run(inputs)) {
                return pooled(((float[][][]) result.get(0).getValue())[0]).normalised();
            }
        } catch (OrtException e) {
            throw new UnavailableException("embedding-failed", "the model " + model.id() + " failed on a text of "
                    + text.length() + " characters: " + e.getMessage(), "try again; if it stays, restart", e);
        }
    }

    @Override
    public void close() {
        tokenizer.close();
        try {
            session.close();
        } catch (OrtException e) {
            throw new UnavailableException("embedding-model-unavailable", "the model " + model.id()
                    + " cannot be closed: " + e.getMessage(), "restart", e);
        }
    }

    /** Without threads of its own: the callers' are the bound, and more than there are cores take each other's time. */
    private static OrtSession session(OrtEnvironment environment, Model model) throws IOException, OrtException {
        try (var options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            return environment.createSession(network(model), options);
        }
    }

    /** Read beside the heap, which may be small. */
    private static ByteBuffer network(Model model) throws IOException {
        var connection = file(model.networkFile()).openConnection();
        var network = ByteBuffer.allocateDirect(connection.getContentLength());
        try (var channel = Channels.newChannel(connection.getInputStream())) {
            while (network.hasRemaining() && channel.read(network) >= 0) {
                // until all is there
            }
        }
        return network.flip();
    }

    private static HuggingFaceTokenizer tokenizer(Model model) throws IOException {
        var length = Integer.toString(model.tokensMax());
        try (InputStream vocabulary = file(model.tokenizerFile()).openStream()) {
            return HuggingFaceTokenizer.newInstance(vocabulary, Map.of("padding", "false", "truncation", "true",
                    "maxLength", length, "modelMaxLength", length));
        }
    }

    private static java.net.URL file(String name) throws IOException {
        var file = Encoder.class.getClassLoader().getResource(name);
        if (file == null) {
            throw new IOException(name + " is not on the class path");
        }
        return file;
    }

    private OnnxTensor tensor(long[] values) throws OrtException {
        return OnnxTensor.createTensor(environment, new long[][]{values});
    }

    private Embedding pooled(float[][] tokens) {
        return switch (model.pooling()) {
            case FIRST -> Embedding.of(tokens[0]);
            case MEAN -> mean(tokens);
        };
    }

    private static Embedding mean(float[][] tokens) {
        var sum = new float[Model.DIMENSION];
        for (var token : tokens) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += token[i];
            }
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= tokens.length;
        }
        return Embedding.of(sum);
    }

    private static void close(OrtSession session, Throwable first) {
        try {
            session.close();
        } catch (OrtException e) {
            first.addSuppressed(e);
        }
    }
}
