package dev.howdah.knowledge.scan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequiredWordsTest {
    @Test
    void takesTheLongestWordOutsideOfGroupsFromEachAlternative() {
        assertThat(RequiredWords.of("(?i)UPDATE(?:\\s+OF)?\\s+SKIP\\s+LOCKED")).containsExactly("update");
        assertThat(RequiredWords.of("\\bpg_notify\\s*\\(|LISTEN\\s+\\w+[\";|]")).containsExactly("pg_notify", "listen");
        assertThat(RequiredWords.of("https?://x{2,3}")).containsExactly("http");
        assertThat(RequiredWords.of("text/event[-]stream")).containsExactly("text/event");
    }

    @Test
    void requiresNothingWhereAnAlternativeHasNoWord() {
        assertThat(RequiredWords.of("(?:one|two)")).isEmpty();
        assertThat(RequiredWords.of("three|\\w+")).isEmpty();
    }
}
