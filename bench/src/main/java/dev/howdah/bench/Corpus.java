package dev.howdah.bench;

import dev.howdah.knowledge.embedding.EmbeddingModel;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Real texts with real vectors: the one-line descriptions of Debian's packages, in a fixed random order, embedded once and
 * kept in a file. The last thousand are questions, the others are searched.
 *
 * @param vectors one per text
 */
record Corpus(List<String> texts, List<float[]> vectors) {
    private static final int QUESTIONS = 1_000;
    private static final int BATCH = 500;

    /** Reads the file, or makes it, which takes some minutes. */
    static Corpus load(Path file, Supplier<List<Descriptions>> descriptions, EmbeddingModel model) {
        try {
            if (!Files.exists(file)) {
                make(file, descriptions.get().stream().map(Descriptions::line).distinct().toList(), model);
            }
            return read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int size() {
        return texts.size() - QUESTIONS;
    }

    List<float[]> questions() {
        return vectors.subList(size(), texts.size());
    }

    private static Corpus read(Path file) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            int count = in.readInt();
            int dimension = in.readInt();
            var texts = new ArrayList<String>(count);
            var vectors = new ArrayList<float[]>(count);
            for (int i = 0; i < count; i++) {
                texts.add(in.readUTF());
                var vector = new float[dimension];
                for (int j = 0; j < dimension; j++) {
                    vector[j] = in.readFloat();
                }
                vectors.add(vector);
            }
            return new Corpus(texts, vectors);
        }
    }

    private static void make(Path file, List<String> texts, EmbeddingModel model) throws IOException {
        System.err.println("howdah: embedding " + texts.size() + " texts, once; takes some minutes …");
        var unfinished = file.resolveSibling(file.getFileName() + ".part");
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16))) {
            out.writeInt(texts.size());
            for (int from = 0; from < texts.size(); from += BATCH) {
                var batch = texts.subList(from, Math.min(from + BATCH, texts.size()));
                var vectors = model.embed(EmbeddingModel.Kind.DOCUMENT, batch);
                if (from == 0) {
                    out.writeInt(model.dimension());
                }
                for (int i = 0; i < batch.size(); i++) {
                    out.writeUTF(batch.get(i));
                    for (float value : vectors.get(i).values()) {
                        out.writeFloat(value);
                    }
                }
            }
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
