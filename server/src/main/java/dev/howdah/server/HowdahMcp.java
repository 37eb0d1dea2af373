package dev.howdah.server;

import dev.howdah.agent.conformance.ConformanceFeatures;
import dev.howdah.agent.conformance.ConformanceSkills;
import dev.howdah.agent.mcp.KnowledgePrompts;
import dev.howdah.agent.mcp.KnowledgeResources;
import dev.howdah.agent.mcp.McpChanges;
import dev.howdah.agent.mcp.McpFeatures;
import dev.howdah.agent.mcp.McpIdentity;
import dev.howdah.agent.mcp.McpKeys;
import dev.howdah.agent.mcp.McpMethods;
import dev.howdah.agent.mcp.McpServer;
import dev.howdah.agent.mcp.McpTasks;
import dev.howdah.agent.mcp.SkillTools;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What MCP offers of a Howdah: skills as tools, knowledge as resources, and prompts that lead to both.
 *
 * @param methods what the methods answer in every revision
 * @param server answers requests of the revision without sessions
 */
record HowdahMcp(McpIdentity identity, McpChanges changes, McpMethods methods, McpServer server) {
    private static final String INSTRUCTIONS = """
        Howdah keeps what is known about repositories: patterns, decisions, lessons, issues, and who depends on whom. \
        Search before you answer from memory: search_patterns with kind "any" takes plain words. Resources under \
        howdah://knowledge/ hold single entries. Tools that write are marked as not read-only.""";

    static HowdahMcp of(Howdah howdah) {
        var settings = howdah.settings().server();
        var tasks = howdah.isQueueInRedis()
                ? Optional.<McpTasks>empty()
                : Optional.of(new McpTasks(howdah.database(), howdah.agentTasks(), howdah.settings().agentTasks()
                        .retention()));
        var skills = new SkillTools(howdah.skills(), settings.requireAuth(), tasks, settings.isConformance()
                ? ConformanceSkills::support
                : SkillTools::support);
        var prompts = new KnowledgePrompts(howdah.knowledge()).all();
        var own = new McpFeatures(skills::all, () -> prompts, List.of(new KnowledgeResources(howdah.database(),
                howdah.knowledge())));
        var features = settings.isConformance() ? own.and(new ConformanceFeatures(tasks).all()) : own;
        var identity = new McpIdentity("howdah", "Howdah", HowdahServer.version(), INSTRUCTIONS);
        var changes = new McpChanges(features, ids -> tasks.map(present -> present.versions(ids)).orElse(Map.of()));
        var methods = new McpMethods(features, changes);
        return new HowdahMcp(identity, changes, methods, new McpServer(identity, features, changes, methods, tasks,
                new McpKeys(howdah.database())));
    }
}
