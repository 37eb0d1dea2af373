package dev.howdah.agent.dependencies;

import dev.howdah.agent.AgentSettings;
import dev.howdah.agent.Skill;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.agent.source.GitHubRepositorySource;
import dev.howdah.agent.source.GitRepositorySource;
import dev.howdah.agent.source.RepositorySource;
import dev.howdah.agent.source.RepositorySources;
import dev.howdah.agent.triage.Triage;
import dev.howdah.knowledge.Knowledge;
import dev.howdah.postgres.Database;
import dev.howdah.queue.TaskHandler;
import dev.howdah.queue.TaskQueue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The dependency orchestrator put together: its store, its skills, and the handlers of its tasks.
 *
 * @param source reads repositories
 * @param relationships which repository depends on which
 * @param notifications the main job
 * @param outbox what is to be done outside
 * @param skills to be registered
 * @param handlers to be given to a worker, by task type
 */
public record Dependencies(RepositorySource source, Relationships relationships, ChangeNotifications notifications,
        Outbox outbox,
        List<Skill> skills, Map<String, TaskHandler> handlers) {
    public Dependencies {
        skills = List.copyOf(skills);
        handlers = Map.copyOf(handlers);
    }

    /**
     * Wires everything; reads nothing yet.
     *
     * @param knowledge what triage is told about repositories, and where it writes down what it learned
     * @param http reaches the addresses that the operator configured
     */
    public static Dependencies of(Database database, TaskQueue queue, Knowledge knowledge, AgentSettings settings,
            OutboundHttp http) {
        var relationships = new Relationships(database);
        var outbox = new Outbox(database, queue, senders(settings, new HttpSender(http)));
        var source = source(relationships, settings);
        var context = new ArchitectureContext(knowledge);
        var triage = new Triage(source, settings.model(), context::of);
        var notifications = new ChangeNotifications(relationships, queue, triage);
        var cache = new TriageCache(database, settings.cacheTime(), triage.model());
        var handler = new TriageHandler(database, triage, cache, outbox, knowledge.lessons());
        return new Dependencies(source, relationships, notifications, outbox,
                new DependencySkills(relationships, notifications, queue).all(), Map.of(TriageTask.CONSUMER,
                        handler::handle, TriageTask.TEMPLATE, handler::handle, Outbox.TASK_TYPE, outbox::deliver));
    }

    private static RepositorySource source(Relationships relationships, AgentSettings settings) {
        var sources = new ArrayList<RepositorySource>();
        sources.add(new GitRepositorySource(settings.repositoryRoots(), relationships::location));
        if (!settings.gitHubToken().isEmpty()) {
            sources.add(new GitHubRepositorySource(settings.gitHubApi(), settings.gitHubToken()));
        }
        return new RepositorySources(sources);
    }

    private static Map<ActionKind, ActionSender> senders(AgentSettings settings, HttpSender http) {
        var senders = new EnumMap<ActionKind, ActionSender>(ActionKind.class);
        if (settings.openIssues()) {
            senders.put(ActionKind.ISSUE, new GitHubIssues(settings.gitHubApi(), settings.gitHubToken(), http));
        }
        settings.webhook().ifPresent(address -> senders.put(ActionKind.WEBHOOK, new Webhook(address, http)));
        return senders;
    }
}
