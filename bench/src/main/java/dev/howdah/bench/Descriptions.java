package dev.howdah.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;

/**
 * Debian's packages, each with a line and a text that say what it is; fetched by {@code config/descriptions.sh}.
 *
 * @param line what it is, in a line
 * @param text the same at length
 */
record Descriptions(String line, String text) {
    private static final String LINE = "Description-en: ";
    /** Packages of one source begin alike; one of them is enough. */
    private static final int BEGINNING = 80;
    private static final int TEXT_MIN = 200;

    /** All, in a fixed random order. */
    static List<Descriptions> read(Path file) {
        var all = new ArrayList<Descriptions>();
        try (var lines = Files.newBufferedReader(file)) {
            var line = "";
            var text = new StringBuilder();
            for (var next = lines.readLine(); next != null; next = lines.readLine()) {
                if (next.startsWith(LINE)) {
                    line = next.substring(LINE.length()).strip();
                } else if (next.startsWith(" ")) {
                    text.append(next.equals(" .") ? "\n" : next);
                } else if (next.isEmpty()) {
                    all.add(new Descriptions(line, text.toString().strip()));
                    text.setLength(0);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Collections.shuffle(all, new Random(1));
        return all;
    }

    /** Those that are long enough, and begin as no other does. */
    static List<Descriptions> distinct(List<Descriptions> all) {
        var beginnings = new HashSet<String>();
        return all.stream().filter(given -> given.text.length() >= TEXT_MIN
                && beginnings.add(given.text.substring(0, BEGINNING)) && beginnings.add(given.line)).toList();
    }
}
