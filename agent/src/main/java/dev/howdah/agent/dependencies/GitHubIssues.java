package dev.howdah.agent.dependencies;

import java.net.URI;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Opens an issue in the dependent repository. */
final class GitHubIssues implements ActionSender {
    private final URI api;
    private final String token;
    private final HttpSender http = new HttpSender();

    GitHubIssues(URI api, String token) {
        this.api = api;
        this.token = token;
    }

    @Override
    public void send(Action action) throws NotSentException, RefusedException {
        var issue = JsonMapper.shared().createObjectNode().put("title", action.title()).put("body", action.body());
        action.labels().forEach(issue.putArray("labels")::add);
        http.post(URI.create(api + "/repos/" + action.targetRepo() + "/issues"), Map.of("Authorization",
                "Bearer " + token, "Accept", "application/vnd.github+json"), issue);
    }
}
