package dev.howdah.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.operations.backup.Retention.Dated;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Instant NOW = Instant.parse("2027-03-31T12:00:00Z");

    private static List<Dated> daily(int days) {
        return IntStream.range(0, days).mapToObj(i -> new Dated("b" + i, NOW.minus(Duration.ofDays(i)), true)).toList();
    }

    @Test
    void keepsByCountAgeAndCalendar() {
        assertThat(new Retention(3, Duration.ZERO, 0, 0, 0).removable(daily(5), NOW)).containsExactly("b4", "b3");
        assertThat(new Retention(1, Duration.ofHours(60), 0, 0, 0).removable(daily(5), NOW)).containsExactly("b4",
                "b3");
        assertThat(new Retention(1, Duration.ZERO, 0, 2, 0).removable(daily(10), NOW))
                .as("31 March 2027 is a Wednesday")
                .hasSize(8).doesNotContain("b0", "b3");
        assertThat(new Retention(1, Duration.ZERO, 0, 0, 2).removable(daily(60), NOW)).hasSize(58).doesNotContain("b0",
                "b31");
    }

    /** Over random backups and rules. */
    @Test
    void neverRemovesTheNewestGoodOneAndKeepsWhatARuleWants() {
        var random = new Random(4711);
        for (int round = 0; round < 3000; round++) {
            var all = new ArrayList<Dated>();
            for (int i = random.nextInt(40); i > 0; i--) {
                all.add(new Dated("b" + i, NOW.minusSeconds(random.nextLong(Duration.ofDays(400).toSeconds())), random
                        .nextInt(5) > 0));
            }
            var rules = new Retention(1 + random.nextInt(5), Duration.ofHours(random.nextInt(200)), random.nextInt(5),
                    random.nextInt(5), random.nextInt(5));
            var removable = rules.removable(all, NOW);
            var good = all.stream().filter(Dated::good).sorted(Comparator.comparing(Dated::takenAt).reversed())
                    .toList();
            assertThat(removable).doesNotHaveDuplicates().isSubsetOf(good.stream().map(Dated::name).toList());
            good.stream().limit(rules.last()).forEach(dated -> assertThat(removable).doesNotContain(dated.name()));
            good.stream().filter(dated -> dated.takenAt().isAfter(NOW.minus(rules.within()))).forEach(
                    dated -> assertThat(removable).doesNotContain(dated.name()));
            var days = new HashSet<>();
            for (var dated : good) {
                if (days.size() < rules.daily() && days.add(dated.takenAt().atZone(ZoneOffset.UTC).toLocalDate())) {
                    assertThat(removable).doesNotContain(dated.name());
                }
            }
            var left = all.stream().filter(dated -> !removable.contains(dated.name())).toList();
            assertThat(rules.removable(left, NOW)).as("it is stable").isEmpty();
        }
    }
}
