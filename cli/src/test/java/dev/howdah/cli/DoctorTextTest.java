package dev.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.howdah.operations.doctor.Area;
import dev.howdah.operations.doctor.CheckStatus;
import dev.howdah.operations.doctor.Diagnosis;
import dev.howdah.operations.doctor.Facts;
import dev.howdah.operations.doctor.Finding;
import dev.howdah.operations.doctor.Fix;
import dev.howdah.operations.doctor.Outcome;
import dev.howdah.operations.doctor.Report;
import dev.howdah.operations.doctor.Topic;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DoctorTextTest {
    private static final Report REPORT = new Report(List.of(
            diagnosis("fine", Area.VACUUM, Outcome.ok("nothing found")),
            diagnosis("broken", Area.VACUUM, new Outcome(CheckStatus.DEGRADED, "1 found: t", Optional.empty(), List.of(
                    new Finding(CheckStatus.DEGRADED, "t\u001b[31m", new Facts(Map.of("dead_rows", 12_000L)),
                            Optional.of(new Fix(Fix.Kind.SQL, "VACUUM t;\nANALYZE t;")))))),
            diagnosis("hidden", Area.SERVER, Outcome.unknown("the role may not see it",
                    Optional.of(new Fix(Fix.Kind.SQL, "GRANT pg_monitor TO \"me\";"))))));

    private static Diagnosis diagnosis(String id, Area area, Outcome outcome) {
        return new Diagnosis(new Topic(id, area, "title", "It matters.", "do something"), outcome);
    }

    private static String text(boolean isWhole) {
        var text = new StringWriter();
        var out = new PrintWriter(text);
        new DoctorText(out, isWhole).print(REPORT);
        out.flush();
        return text.toString();
    }

    @Test
    void tellsByAreaWhatIsWrongAndNamesWhatIsWell() {
        assertThat(text(false)).containsSubsequence("vacuum", "degraded  broken", "It matters.", "dead rows 12,000",
                "→ VACUUM t;", "→ ANALYZE t;", "ok        fine", "server", "unknown   hidden", "→ GRANT pg_monitor",
                "all in all: degraded");
        assertThat(text(false)).doesNotContain("nothing found", "\u001b[31m", "installation");
        assertThat(text(true)).contains("fine                 nothing found");
    }
}
