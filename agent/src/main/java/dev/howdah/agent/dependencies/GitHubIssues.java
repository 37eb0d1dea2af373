package dev.howdah.agent.dependencies;

import dev.howdah.agent.http.OutboundAddress;
import java.net.URI;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Opens an issue in the dependent repository. */
final class GitHubIssues implements ActionSender {
    private final URI api;
    private final String token;
    private final HttpSender http;

    GitHubIssues(URI api, String token, HttpSender http) {
        this.api = api;
        this.token = token;
        this.http = http;
    }

    @Override
    public void send(Action action) throws NotSentException, RefusedException {
        var issue = JsonMapper.shared().createObjectNode().put("title", action.title()).put("body", action.body());
        action.labels().forEach(issue.putArray("labels")::add);
        http.post(OutboundAddress.of(api + "/repos/" + action.targetRepo() + "/issues"), Map.of("Authorization",
                "Bearer " + token, "Accept", "application/vnd.github+json"), issue);
    }
}
