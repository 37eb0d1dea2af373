package dev.howdah.agent.push;

import static dev.howdah.agent.push.Pushing.ADA;
import static dev.howdah.agent.push.Pushing.EAGER;
import static dev.howdah.agent.push.Pushing.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.PushConfigPage;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PushConfigsTest {
    private static final String HOOK = "https://example.org/hook";

    @Test
    void areCreatedReplacedReadAndDeleted() throws Exception {
        try (var pushing = new Pushing(EAGER, Map.of(), Pushing.KEY).running()) {
            var task = pushing.task(0, to(HOOK)).toString();
            var made = pushing.tasks.createPushConfig(ADA, config("", task, "t"));
            assertThat(UUID.fromString(made.id())).isNotNull();
            assertThat(made.authentication().orElseThrow().credentials()).contains("secret");
            var read = pushing.tasks.getPushConfig(ADA, task, made.id());
            assertThat(read).isEqualTo(new PushConfig(made.id(), task, HOOK, Optional.of("t"), Optional.of(
                    new PushConfig.Authentication("Bearer", Optional.empty())))); // credentials are not told again
            pushing.tasks.createPushConfig(ADA, config(made.id(), task, "other"));
            assertThat(pushing.tasks.getPushConfig(ADA, task, made.id()).token()).contains("other");
            assertThat(pushing.tasks.listPushConfigs(ADA, task, 0, "").configs()).hasSize(2);

            assertThat(pushing.states()).contains(PushDelivery.State.PENDING);
            pushing.tasks.deletePushConfig(ADA, task, "c1");
            pushing.tasks.deletePushConfig(ADA, task, "c1");
            assertThat(pushing.states()).containsOnly(PushDelivery.State.DISCARDED);
            assertThatThrownBy(() -> pushing.tasks.getPushConfig(ADA, task, "c1")).isInstanceOf(A2aException.class);
            assertThatThrownBy(() -> pushing.tasks.getPushConfig(Caller.of("bob"), task, made.id()))
                    .isInstanceOf(A2aException.class);
            assertThatThrownBy(() -> pushing.database.inTransaction(tx -> pushing.push.put(tx, UUID.randomUUID(),
                    to(HOOK)))).isInstanceOf(A2aException.class);
        }
    }

    @Test
    void areListedByPagesUpToALimit() throws Exception {
        try (var pushing = new Pushing(EAGER, Map.of(), Pushing.KEY).running()) {
            var task = pushing.task(0, to(HOOK)).toString();
            for (int i = 2; i <= Push.CONFIGS_MAX; i++) {
                pushing.tasks.createPushConfig(ADA, config("c" + i, task, "t"));
            }
            assertThatThrownBy(() -> pushing.tasks.createPushConfig(ADA, config("more", task, "t")))
                    .isInstanceOf(LimitExceededException.class);
            pushing.tasks.createPushConfig(ADA, config("c2", task, "replaced"));
            var ids = new ArrayList<String>();
            var page = new PushConfigPage(List.of(), "");
            do {
                page = pushing.tasks.listPushConfigs(ADA, task, 7, page.nextPageToken());
                page.configs().forEach(config -> ids.add(config.id()));
            } while (!page.nextPageToken().isEmpty());
            assertThat(ids).hasSize(Push.CONFIGS_MAX).doesNotHaveDuplicates().isSorted();
            for (var token : List.of("ä", "!", "AAAA")) {
                assertThatThrownBy(() -> pushing.tasks.listPushConfigs(ADA, task, 0, token)).as(token)
                        .isInstanceOf(InvalidInputException.class);
            }
            assertThatThrownBy(() -> pushing.tasks.listPushConfigs(ADA, task, 101, ""))
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void wrongOnesAreRefusedWithoutRepeatingWhatIsSecret() throws Exception {
        try (var pushing = new Pushing(EAGER, Map.of(), Pushing.KEY).running()) {
            var task = pushing.task(0, to(HOOK)).toString();
            for (var url : List.of("http://127.0.0.1/", "http://localhost:1/", "ftp://example.org/", "example.org", "",
                    "http://169.254.169.254/", "https://user:secret@example.org/")) {
                assertThatThrownBy(() -> pushing.tasks.createPushConfig(ADA, new PushConfig("", task, url,
                        Optional.empty(), Optional.empty()))).as(url).isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("url").hasMessageNotContaining("secret");
            }
            var wrong = new PushConfig("a b", task, HOOK, Optional.of("secret\r\n"), Optional.of(
                    new PushConfig.Authentication("Bea rer", Optional.of("secret\n"))));
            assertThatThrownBy(() -> pushing.tasks.createPushConfig(ADA, wrong)).isInstanceOfSatisfying(
                    InvalidInputException.class, e -> {
                        assertThat(e.faults()).extracting(InvalidInputException.Fault::field).containsExactly("id",
                                "token", "authentication.scheme", "authentication.credentials");
                        assertThat(e.getMessage()).doesNotContain("secret");
                    });
            assertThatThrownBy(() -> pushing.task(0, to("http://10.0.0.1/"))).isInstanceOf(
                    InvalidInputException.class);
        }
    }

    @Test
    void secretsNeedAKeyUnlessTheSettingsSayOtherwise() throws Exception {
        try (var pushing = new Pushing(EAGER, Map.of(), "").running()) {
            var task = pushing.task(0, to(HOOK)).toString();
            assertThatThrownBy(() -> pushing.tasks.createPushConfig(ADA, config("", task, "t")))
                    .isInstanceOf(InvalidInputException.class).hasMessageContaining("howdah.queue.encryption-keys");
        }
        var plain = PushSettings.from(Configuration.of(Map.of("howdah.agent.push.plain-secrets", "true")));
        try (var pushing = new Pushing(plain, Map.of(), "").running()) {
            var task = pushing.task(0, to(HOOK)).toString();
            pushing.tasks.createPushConfig(ADA, config("c2", task, "t"));
            assertThat(pushing.tasks.getPushConfig(ADA, task, "c2").token()).contains("t");
        }
    }

    @Test
    void settingsAreCheckedTogether() {
        var configuration = Configuration.of(Map.of("howdah.agent.push.timeout", "31s", "howdah.agent.push.retry-first",
                "1h", "howdah.agent.push.pause-max", "1s"));
        assertThat(PushSettings.from(configuration)).isEqualTo(PushSettings.defaults());
        assertThatThrownBy(configuration::check).isInstanceOfSatisfying(ConfigurationException.class,
                e -> assertThat(e.problems()).hasSize(3));
    }

    private static PushConfig config(String id, String task, String token) {
        return new PushConfig(id, task, HOOK, Optional.of(token), Optional.of(new PushConfig.Authentication("Bearer",
                Optional.of("secret"))));
    }
}
