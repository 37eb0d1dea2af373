package dev.howdah.agent.mcp;

import dev.howdah.agent.SkillRun;
import dev.howdah.agent.a2a.Artifact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A run of a skill within a call: what it tells goes to the client, what it makes is answered at the end. */
final class McpRun implements SkillRun {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int WHOLE = 100;
    private static final String LOGGER = "skill";

    private final McpCall call;
    private final List<ObjectNode> made = new ArrayList<>();

    McpRun(McpCall call) {
        this.call = call;
    }

    @Override
    public void progress(int percent, String message) {
        call.exchange().progress(percent, OptionalDouble.of(WHOLE), message);
    }

    @Override
    public void log(String line) {
        call.exchange().log(McpLogLevel.INFO, LOGGER, JSON.getNodeFactory().stringNode(line));
    }

    @Override
    public synchronized void artifact(Artifact artifact, boolean append, boolean lastChunk) {
        artifact.parts().stream().map(part -> McpContent.of(artifact, part)).forEach(made::add);
    }

    /** The artifacts as blocks of content. */
    synchronized List<ObjectNode> made() {
        return List.copyOf(made);
    }

    @Override
    public boolean isStopped() {
        return call.exchange().isCancelled();
    }

    /** Whether the person at the client refused to answer. */
    boolean isDeclined() {
        return call.state().isPresent() && call.inputs().values().stream()
                .anyMatch(input -> !input.path("action").asString("").equals("accept"));
    }

    @Override
    public Optional<Answers> answers() {
        return call.state().filter(state -> !call.inputs().isEmpty()).map(state -> {
            var values = JSON.createObjectNode();
            call.inputs().forEach((key, input) -> values.set(key, input.path("content")));
            return new Answers(values, state);
        });
    }
}
