package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.Caller;
import dev.howdah.agent.a2a.ProtoJson;
import dev.howdah.agent.a2a.TaskStream;
import dev.howdah.postgres.UnavailableException;
import dev.howdah.server.a2a.EventWriter.Framing;
import jakarta.servlet.http.HttpServletResponse;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/** Streams of tasks' events for doors that are not the protocol's; they share the places that there are for streams. */
public final class LiveEvents {
    private final OpenCalls open;

    LiveEvents(OpenCalls open) {
        this.open = open;
    }

    /**
     * Writes numbered events as the protocol writes them, to the end of the stream.
     *
     * @param owner whose task it is
     * @param after the last event that the client knows; 0 for none
     * @param opening begins the stream for the caller that it is given
     * @throws UnavailableException if no further stream has a place here
     */
    public void serve(Caller owner, long after, Function<Caller, TaskStream> opening, HttpServletResponse response) {
        var caller = new Caller(owner.principal(), owner.tenant(), Set.of(Caller.REPLAY_EXTENSION),
                owner.idempotencyKey(), OptionalLong.of(after));
        var framing = new Framing(ProtoJson::item,
                failure -> JsonMapper.shared().createObjectNode().put("error", failure.message()));
        open.stream(() -> opening.apply(caller), new EventWriter(caller, framing, response)::write);
    }
}
