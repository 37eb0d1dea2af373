package dev.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionKeysTest {
    private static final String ONE = "one:" + Base64.getEncoder().encodeToString(new byte[32]);
    private static final String TWO = "two:" + Base64.getEncoder().encodeToString("2".repeat(32).getBytes(
            StandardCharsets.UTF_8));
    private static final byte[] TEXT = "hush".getBytes(StandardCharsets.UTF_8);

    @Test
    void opensWhatAnyOfItsKeysClosed() throws Exception {
        var old = EncryptionKeys.parse("a.setting", ONE).encrypt("one", "here", TEXT);
        var keys = EncryptionKeys.parse("a.setting", TWO + ", " + ONE);
        assertThat(keys.current()).contains("two");
        assertThat(keys.decrypt("one", "here", old)).isEqualTo(TEXT);
        assertThat(keys.encrypt("two", "", TEXT)).isNotEqualTo(keys.encrypt("two", "", TEXT));
        assertThat(EncryptionKeys.parse("a.setting", " ").current()).isEmpty();
        assertThat(keys).hasToString("EncryptionKeys[two, one]");
    }

    @Test
    void refusesWhatWasChangedOrMovedOrClosedWithAnotherKey() {
        var keys = EncryptionKeys.parse("a.setting", ONE + "," + TWO);
        var sealed = keys.encrypt("one", "here", TEXT);
        for (var place : new String[]{"", "there", "her"}) {
            assertThatThrownBy(() -> keys.decrypt("one", place, sealed)).isInstanceOf(GeneralSecurityException.class);
        }
        assertThatThrownBy(() -> keys.decrypt("two", "here", sealed)).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> keys.decrypt("three", "here", sealed)).isInstanceOf(GeneralSecurityException.class);
        assertThatThrownBy(() -> keys.decrypt("one", "here", new byte[3])).isInstanceOf(GeneralSecurityException.class);
        sealed[20] ^= 1;
        assertThatThrownBy(() -> keys.decrypt("one", "here", sealed)).isInstanceOf(GeneralSecurityException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bare", "k1:short", ":AAAA", "K1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "gzip:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "k1:***"})
    void saysWhichKeyIsWrongWithoutShowingIt(String wrong) {
        assertThat(EncryptionKeys.problems("a.setting", ONE + "," + wrong)).singleElement().asString()
                .contains("a.setting", "key 2", "openssl rand").doesNotContain(wrong);
        assertThat(EncryptionKeys.problems("a.setting", ONE + "," + ONE)).as("a name twice").hasSize(1);
    }
}
