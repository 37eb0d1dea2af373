package dev.howdah.server;

import dev.howdah.agent.client.RemoteAgent;
import dev.howdah.agent.client.RemoteCard;
import dev.howdah.postgres.HowdahException;
import dev.howdah.server.TaskViews.Page;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The remote agents that are configured. */
@RestController
@Tag(name = "Agents")
final class RemoteAgentsController {
    /** How long all of them together may take to answer. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    private final Howdah howdah;

    RemoteAgentsController(Howdah howdah) {
        this.howdah = howdah;
    }

    /** A configured agent, and what its card says if it could be had. */
    record AgentView(String name, String address, boolean reachable, @Nullable String error,
            @Nullable AgentCardView card) {
        static AgentView of(RemoteAgent agent, RemoteCard card) {
            return new AgentView(agent.name(), agent.address(), true, null, AgentCardView.of(card));
        }

        static AgentView unreachable(RemoteAgent agent, String error) {
            return new AgentView(agent.name(), agent.address(), false, error, null);
        }
    }

    /** A card in short. */
    record AgentCardView(String name, String description, String version, List<String> bindings, boolean streaming,
            boolean pushNotifications, boolean verified, List<SkillView> skills) {
        static AgentCardView of(RemoteCard card) {
            return new AgentCardView(card.name(), card.description(), card.version(), card.interfaces().stream()
                    .map(RemoteCard.Interface::binding).distinct().toList(), card.streaming(), card.pushNotifications(),
                    card.isVerified(), card.skills().stream().map(skill -> new SkillView(skill.id(), skill.name(),
                            skill.description())).toList());
        }
    }

    /** Something that an agent can do. */
    record SkillView(String id, String name, String description) {}

    @GetMapping("/api/agents")
    @Operation(summary = "Lists the remote agents that are configured, what their cards say, and whether they answer")
    Page<AgentView> list() throws InterruptedException {
        var asked = howdah.remoteAgents().named().stream().map(agent -> {
            var view = new CompletableFuture<AgentView>();
            Thread.ofVirtual().name("howdah-card").start(() -> view.complete(look(agent)));
            return Map.entry(agent, view);
        }).toList();
        long deadline = System.nanoTime() + ANSWER_MAX.toNanos();
        var views = new ArrayList<AgentView>();
        for (var each : asked) {
            views.add(await(each.getKey(), each.getValue(), deadline - System.nanoTime()));
        }
        return new Page<>(views, null);
    }

    private static AgentView look(RemoteAgent agent) {
        try {
            return AgentView.of(agent, agent.card());
        } catch (HowdahException e) {
            return AgentView.unreachable(agent, String.valueOf(e.getMessage()));
        }
    }

    private static AgentView await(RemoteAgent agent, CompletableFuture<AgentView> view, long nanos)
            throws InterruptedException {
        try {
            return view.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return AgentView.unreachable(agent, "it did not answer within " + ANSWER_MAX.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e); // it is completed with views only
        }
    }
}
