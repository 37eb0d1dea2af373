package dev.howdah.operations.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.TestDatabase;
import dev.howdah.postgres.UnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DoctorTest {
    private static Topic topic(String id, Area area) {
        return new Topic(id, area, "all is well", "it matters", "do something");
    }

    @Test
    void goesOnWhenACheckFails() {
        var doctor = new Doctor(List.of(
                Check.of(topic("gone", Area.VACUUM), () -> {
                    throw new UnavailableException("database-unavailable", "it is gone", "start it", null);
                }),
                Check.of(topic("fine", Area.SCHEMA), () -> Outcome.ok("yes"))));
        var report = doctor.examine(List.of());
        assertThat(report.diagnoses()).extracting(Diagnosis::status).containsExactly(CheckStatus.UNKNOWN,
                CheckStatus.OK);
        assertThat(report.diagnoses().getFirst().remedy()).isEqualTo("start it");
        assertThat(report.status()).isEqualTo(CheckStatus.UNKNOWN);
        assertThat(doctor.examine(List.of(Area.SCHEMA)).diagnoses()).singleElement()
                .satisfies(only -> assertThat(only.topic().id()).isEqualTo("fine"));
    }

    @Test
    void comesBackFromAStatementThatTakesTooLong() {
        var limits = new DoctorLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0, 1, 1, 1,
                Duration.ZERO,
                1, 20, Duration.ofMillis(50));
        var check = new Catalog(TestDatabase.create(), limits).check(topic("slow", Area.SERVER),
                "SELECT 'x' AS object, pg_sleep(30)::text AS slept LIMIT :findingsMax");
        assertThat(new Doctor(List.of(check)).examine(List.of()).diagnoses()).singleElement()
                .satisfies(one -> assertThat(one.outcome().detail()).contains("longer than 50 ms"));
    }

    @Test
    void changesNothing() {
        var counted = new AtomicInteger();
        var check = new Catalog(TestDatabase.create(), DoctorLimits.DEFAULT).check(topic("writes", Area.SERVER),
                "SELECT nextval('none') AS object LIMIT :findingsMax").otherwise(
                        Check.of(topic("other", Area.SERVER),
                                () -> Outcome.ok("calls " + counted.incrementAndGet())));
        assertThat(check.examine().detail()).isEqualTo("calls 1");
    }

    @Test
    void writesAScriptThatRunsOnlyWhatIsHarmless() {
        var report = new Report(List.of(new Diagnosis(topic("both", Area.INDEXES), Outcome.of(List.of(
                new Finding(CheckStatus.DEGRADED, "evil\nDROP TABLE x;", new Facts(Map.of("size_bytes", 8L << 20)),
                        Optional.of(new Fix(Fix.Kind.SQL, "ANALYZE t;"))),
                new Finding(CheckStatus.DEGRADED, "b", new Facts(Map.of("used_ratio", .5)),
                        Optional.of(new Fix(Fix.Kind.REVIEW, "DROP INDEX b;\nDROP INDEX c;"))),
                new Finding(CheckStatus.DEGRADED, "c", new Facts(Map.of()), Optional.of(Fix.command("look"))))))));
        assertThat(report.toScript().lines().filter(line -> !line.startsWith("--") && !line.isBlank()))
                .containsExactly("ANALYZE t;");
        assertThat(report.toScript()).contains("-- DROP INDEX b;\n-- DROP INDEX c;", "size 8.0 MiB", "used 50.0 %");
        var json = report.toJson();
        assertThat(json.path("checks").get(0).path("findings").get(1).path("fix").path("kind").asString())
                .isEqualTo("review");
        assertThat(json.path("checks").get(0).path("findings").get(0).path("facts").path("size_bytes").asLong())
                .isEqualTo(8L << 20);
    }

    @Test
    void refusesWhatHasNoNameOrTheSame() {
        assertThatThrownBy(() -> Area.of("everything")).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("vacuum");
        assertThat(Area.of("Vacuum")).isEqualTo(Area.VACUUM);
        var check = Check.of(topic("twice", Area.SERVER), () -> Outcome.ok(""));
        assertThatThrownBy(() -> new Doctor(List.of(check, check))).hasMessageContaining("twice");
        assertThatThrownBy(() -> topic("Not an id", Area.SERVER)).isInstanceOf(IllegalArgumentException.class);
    }
}
