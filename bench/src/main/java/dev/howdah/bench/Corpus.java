package dev.howdah.bench;

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
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Real texts with real vectors: the one-line descriptions of the packages that apt knows, in a fixed random order, embedded
 * once and kept in a file. The last thousand are questions, the others are searched.
 *
 * @param vectors one per text
 */
record Corpus(List<String> texts, List<float[]> vectors) {
    private static final int QUESTIONS = 1_000;
    private static final int BATCH = 500;
    private static final String DESCRIPTION = "Description: ";

    /** Reads the file, or makes it, which takes some minutes. */
    static Corpus load(Path file, Function<List<String>, List<float[]>> embed) {
        try {
            if (!Files.exists(file)) {
                make(file, embed);
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

    private static void make(Path file, Function<List<String>, List<float[]>> embed) throws IOException {
        var texts = descriptions();
        System.err.println("howdah: embedding " + texts.size() + " texts, once; takes some minutes …");
        var unfinished = file.resolveSibling(file.getFileName() + ".part");
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16))) {
            out.writeInt(texts.size());
            for (int from = 0; from < texts.size(); from += BATCH) {
                var batch = texts.subList(from, Math.min(from + BATCH, texts.size()));
                var vectors = embed.apply(batch);
                if (from == 0) {
                    out.writeInt(vectors.getFirst().length);
                }
                for (int i = 0; i < batch.size(); i++) {
                    out.writeUTF(batch.get(i));
                    for (float value : vectors.get(i)) {
                        out.writeFloat(value);
                    }
                }
            }
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<String> descriptions() throws IOException {
        var process = new ProcessBuilder("apt-cache", "dumpavail").redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var texts = new LinkedHashSet<String>();
        try (var lines = process.inputReader()) {
            lines.lines().filter(line -> line.startsWith(DESCRIPTION))
                    .forEach(line -> texts.add(line.substring(DESCRIPTION.length()).strip()));
        }
        if (texts.size() < 10 * QUESTIONS) {
            throw new IOException("apt knows only " + texts.size() + " packages; run: apt-get update");
        }
        var shuffled = new ArrayList<>(texts);
        Collections.shuffle(shuffled, new Random(1));
        return shuffled;
    }
}
