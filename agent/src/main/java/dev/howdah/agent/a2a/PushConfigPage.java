package dev.howdah.agent.a2a;

import java.util.List;

/**
 * Places that events of a task are posted to.
 *
 * @param nextPageToken empty on the last page
 */
public record PushConfigPage(List<PushConfig> configs, String nextPageToken) {
    public PushConfigPage {
        configs = List.copyOf(configs);
    }
}
