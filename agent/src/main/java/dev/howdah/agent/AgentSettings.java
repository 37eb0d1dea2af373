package dev.howdah.agent;

import dev.howdah.agent.http.OutboundAddress;
import dev.howdah.agent.http.OutboundHttpSettings;
import dev.howdah.agent.triage.TriageModel;
import dev.howdah.agent.triage.TriageModels;
import dev.howdah.postgres.Configuration;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.Setting;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What triage reads from and acts on.
 *
 * @param repositoryRoots directories under which local clones are looked for, and beyond which none is read
 * @param gitHubApi root of GitHub's API
 * @param gitHubToken for reading repositories, and for opening issues if that is switched on; empty means none
 * @param openIssues whether issues are really opened; otherwise they are recorded
 * @param webhook where urgent results are posted to; absent means nowhere
 * @param cacheTime how long the answer for a commit and a relationship is reused
 * @param model who decides
 * @param externalAgents whose health can be asked for, by name
 * @param http whom requests to addresses that callers give may reach
 */
public record AgentSettings(List<Path> repositoryRoots, URI gitHubApi, String gitHubToken, boolean openIssues,
        Optional<URI> webhook, Duration cacheTime, TriageModel model, Map<String, ExternalAgent> externalAgents,
        OutboundHttpSettings http) {
    public static final Setting<List<String>> REPOSITORY_ROOTS = Setting.list("howdah.agent.repository-roots",
            ".,.howdah/repositories", "Directories, separated by commas, under which local clones are looked for.");
    public static final Setting<String> GITHUB_API = Setting.text("howdah.agent.github-api", "https://api.github.com",
            "Root of GitHub's API.");
    public static final Setting<String> GITHUB_TOKEN = Setting.secret("howdah.agent.github-token",
            "Token for reading repositories on GitHub.", "GITHUB_TOKEN");
    public static final Setting<Boolean> OPEN_ISSUES = Setting.flag("howdah.agent.open-issues", false,
            "Whether to open issues in dependent repositories; otherwise they are recorded and shown.");
    public static final Setting<String> WEBHOOK = Setting.secret("howdah.agent.webhook",
            "Address to post urgent results to.", "WEBHOOK_URL");
    public static final Setting<Duration> CACHE_TIME = Setting.duration("howdah.agent.cache-time", "24h",
            "How long the answer for a commit and a relationship is reused.");

    public static final Setting<String> ORCHESTRATOR_URL = Setting.text("howdah.agent.orchestrator-url", "",
            "Root of another dependency orchestrator, whose health is asked for by health_check_external.",
            "ORCHESTRATOR_URL");
    public static final Setting<String> ORCHESTRATOR_TOKEN = Setting.secret("howdah.agent.orchestrator-token",
            "Bearer token for that orchestrator.", "ORCHESTRATOR_TOKEN");
    public static final Setting<String> PATTERN_MINER_URL = Setting.text("howdah.agent.pattern-miner-url", "",
            "Root of a pattern miner, whose health is asked for by health_check_external.", "PATTERN_MINER_URL");
    public static final Setting<String> PATTERN_MINER_TOKEN = Setting.secret("howdah.agent.pattern-miner-token",
            "Bearer token for that pattern miner.", "PATTERN_MINER_TOKEN");

    /**
     * Another agent.
     *
     * @param address its root
     * @param token sent as bearer token; empty means none; never logged
     */
    public record ExternalAgent(URI address, String token) {
        @Override
        public String toString() {
            return address.toString();
        }
    }

    public AgentSettings {
        externalAgents = Map.copyOf(externalAgents);
        repositoryRoots = List.copyOf(repositoryRoots);
    }

    /** Reads all settings; what is wrong is noted in the configuration. */
    public static AgentSettings from(Configuration configuration) {
        var token = configuration.get(GITHUB_TOKEN);
        boolean openIssues = configuration.get(OPEN_ISSUES);
        if (openIssues && token.isEmpty()) {
            configuration.problem("howdah.agent.open-issues is true, but there is no token; set GITHUB_TOKEN");
        }
        return new AgentSettings(configuration.get(REPOSITORY_ROOTS).stream().map(Path::of).toList(),
                address(configuration, GITHUB_API).orElseGet(() -> URI.create(GITHUB_API.defaultText())), token,
                openIssues, address(configuration, WEBHOOK), configuration.get(CACHE_TIME),
                TriageModels.from(configuration), externalAgents(configuration),
                OutboundHttpSettings.from(configuration));
    }

    private static Map<String, ExternalAgent> externalAgents(Configuration configuration) {
        var agents = new TreeMap<String, ExternalAgent>();
        put(agents, "dependency-orchestrator", address(configuration, ORCHESTRATOR_URL),
                configuration.get(ORCHESTRATOR_TOKEN));
        put(agents, "pattern-miner", address(configuration, PATTERN_MINER_URL),
                configuration.get(PATTERN_MINER_TOKEN));
        return agents;
    }

    private static void put(Map<String, ExternalAgent> agents, String name, Optional<URI> address, String token) {
        address.ifPresent(given -> agents.put(name, new ExternalAgent(given, token)));
    }

    private static Optional<URI> address(Configuration configuration, Setting<String> setting) {
        var text = configuration.get(setting);
        if (text.isEmpty() || text.equals("not-configured")) {
            return Optional.empty();
        }
        try {
            return Optional.of(OutboundAddress.of(text).uri());
        } catch (InvalidInputException e) {
            configuration.problem(setting.name() + ": " + e.faults().getFirst().problem() + "; "
                    + e.faults().getFirst().remedy());
        }
        return Optional.empty();
    }
}
