package dev.howdah.server;

import dev.howdah.agent.client.RemoteTasks;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where remote agents say that there is something to see. The token in the path is what they know; what they send is not
 * read, since the agent is asked for the task itself.
 */
@RestController
@Tag(name = "Agents")
final class CallbacksController {
    private final Howdah howdah;

    CallbacksController(Howdah howdah) {
        this.howdah = howdah;
    }

    @PostMapping(RemoteTasks.CALLBACKS + "{token}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(summary = "A remote agent says that its task has changed; the next look at it comes at once")
    void wake(@PathVariable String token) {
        howdah.remoteTasks().wake(token);
    }
}
