package dev.howdah.knowledge.search;

import dev.howdah.knowledge.search.SearchHit.Opinion;
import dev.howdah.knowledge.text.Scored;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reciprocal rank fusion: an entry gets {@code weight / (60 + rank)} from each ranker that names it. Ranks are comparable
 * where scores are not.
 */
final class Fusion {
    static final int K = 60;

    private final Map<Ranker, List<Scored>> rankings = new EnumMap<>(Ranker.class);
    private final SearchSettings settings;

    /** An entry with what everybody said. */
    record Fused(long entry, double score, List<Opinion> opinions) {}

    Fusion(SearchSettings settings) {
        this.settings = settings;
    }

    /** Adds a ranking, best first. */
    void add(Ranker ranker, List<Scored> ranking) {
        rankings.put(ranker, ranking);
    }

    /** The best by all rankings together; of equals, the older entry first. */
    List<Fused> best(int limit) {
        var opinions = new HashMap<Long, List<Opinion>>();
        rankings.forEach((ranker, ranking) -> {
            for (int i = 0; i < ranking.size(); i++) {
                opinions.computeIfAbsent(ranking.get(i).entry(), entry -> new ArrayList<>(3))
                        .add(new Opinion(ranker, i + 1, ranking.get(i).score()));
            }
        });
        return opinions.entrySet().stream().map(entry -> new Fused(entry.getKey(), score(entry.getValue()),
                entry.getValue())).sorted(Comparator.comparingDouble(Fused::score).reversed()
                        .thenComparingLong(Fused::entry))
                .limit(limit).toList();
    }

    private double score(List<Opinion> opinions) {
        return opinions.stream().mapToDouble(each -> settings.weight(each.ranker()) / (K + each.rank())).sum();
    }
}
