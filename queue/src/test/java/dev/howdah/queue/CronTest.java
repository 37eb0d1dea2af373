package dev.howdah.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.postgres.InvalidInputException;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
    @ParameterizedTest(name = "{0} after {1}")
    @CsvSource(textBlock = """
        * * * * *,              2026-01-31T10:00:30Z,                 2026-01-31T10:01Z
        0 * * * *,              2026-01-31T10:00Z,                    2026-01-31T11:00Z
        */15 9-17 * * mon-fri,  2026-01-30T17:45Z,                    2026-02-02T09:00Z
        30 2 1 * *,             2026-01-01T02:30Z,                    2026-02-01T02:30Z
        0 0 29 2 *,             2026-01-01T00:00Z,                    2028-02-29T00:00Z
        0 12 13 * fri,          2026-01-01T00:00Z,                    2026-01-02T12:00Z
        0 0 * * 7,              2026-01-01T00:00Z,                    2026-01-04T00:00Z
        5/20 0 1 jan *,         2026-01-01T00:05Z,                    2026-01-01T00:25Z
        @daily,                 2026-12-31T00:00Z,                    2027-01-01T00:00Z
        30 2 * * *,             2026-03-29T01:00+01:00[Europe/Berlin],2026-03-29T03:30+02:00[Europe/Berlin]
        30 2 * * *,             2026-10-25T02:30+02:00[Europe/Berlin],2026-10-26T02:30+01:00[Europe/Berlin]
        """)
    void findsTheNextTime(String cron, String after, String next) {
        assertThat(Cron.parse(cron).next(ZonedDateTime.parse(after)).toInstant())
                .isEqualTo(ZonedDateTime.parse(next).toInstant());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *",
            "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "1/2/3 * * * *", "1-2-3 * * * *", "@soon",
            "-1 * * * *"})
    void refusesWhatItCannotRead(String cron) {
        assertThatThrownBy(() -> Cron.parse(cron)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("use five fields");
    }

    @Test
    void refusesWhatNeverFires() {
        assertThatThrownBy(() -> Cron.parse("0 0 30 2 *")).hasMessageContaining("never fires");
        assertThatThrownBy(() -> Cron.zone("Mars/Olympus")).hasMessageContaining("no time zone");
    }
}
