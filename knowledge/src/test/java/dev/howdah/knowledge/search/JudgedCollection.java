package dev.howdah.knowledge.search;

import dev.howdah.knowledge.collection.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntPredicate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Documents, questions, and which documents people found relevant to each. Measures how well a ranking agrees with them.
 *
 * @param documents what is searched
 * @param questions numbered from 1 by their place
 * @param relevant keys of the relevant documents, by the number of the question
 */
public record JudgedCollection(List<Entry> documents, List<String> questions, Map<Integer, Set<String>> relevant) {
    private static final int RANKS = 10;
    private static final int LEAST_RELEVANT = 4;

    /**
     * Reads a folder with {@code cran.all.1400}, {@code cran.qry} and {@code cranqrel}. Judgements name questions by their
     * place in the file, not by the number that stands there; 1 to 4 are degrees of relevance, anything else is none.
     */
    public static JudgedCollection cranfield(Path folder) throws IOException {
        var documents = records(folder.resolve("cran.all.1400")).stream()
                .map(fields -> new Entry(fields.getOrDefault("I", ""), fields.getOrDefault("T", ""),
                        fields.getOrDefault("W", ""), JsonMapper.shared().createObjectNode(), Optional.empty()))
                .toList();
        var questions = records(folder.resolve("cran.qry")).stream().map(fields -> fields.getOrDefault("W", ""))
                .toList();
        var relevant = new LinkedHashMap<Integer, Set<String>>();
        for (var line : Files.readAllLines(folder.resolve("cranqrel"), StandardCharsets.UTF_8)) {
            var columns = line.strip().split("\\s+", -1);
            int degree = columns.length < 3 ? 0 : Integer.parseInt(columns[2]);
            if (degree >= 1 && degree <= LEAST_RELEVANT) {
                relevant.computeIfAbsent(Integer.valueOf(columns[0]), number -> new LinkedHashSet<>()).add(columns[1]);
            }
        }
        return new JudgedCollection(documents, questions, relevant);
    }

    /**
     * The mean nDCG at 10, with relevance as yes or no.
     *
     * @param which numbers of the questions to ask, such as the odd ones
     * @param ranker the keys of the best documents for a question, best first
     */
    public double ndcg(IntPredicate which, Function<String, List<String>> ranker) {
        double sum = 0;
        int count = 0;
        for (int number = 1; number <= questions.size(); number++) {
            if (which.test(number) && relevant.containsKey(number)) {
                sum += ndcg(ranker.apply(questions.get(number - 1)), relevant.getOrDefault(number, Set.of()));
                count++;
            }
        }
        return count == 0 ? 0 : sum / count;
    }

    /** Of one ranking. */
    public static double ndcg(List<String> ranking, Set<String> relevant) {
        double gain = 0;
        double ideal = 0;
        for (int i = 0; i < RANKS; i++) {
            double discount = Math.log(2) / Math.log(i + 2);
            gain += i < ranking.size() && relevant.contains(ranking.get(i)) ? discount : 0;
            ideal += i < relevant.size() ? discount : 0;
        }
        return ideal == 0 ? 0 : gain / ideal;
    }

    /** Records that start with a line {@code .I number} and have fields that start with a line {@code .X}. */
    private static List<Map<String, String>> records(Path file) throws IOException {
        var records = new ArrayList<Map<String, String>>();
        var field = "";
        for (var line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(".I ")) {
                records.add(new LinkedHashMap<>(Map.of("I", line.substring(3).strip())));
            } else if (line.strip().matches("\\.[A-Z]")) {
                field = line.strip().substring(1);
            } else if (!records.isEmpty()) {
                records.getLast().merge(field, line.strip(), (before, next) -> before + "\n" + next);
            }
        }
        return records;
    }
}
