package dev.howdah.agent.task;

import dev.howdah.agent.a2a.Message;
import dev.howdah.agent.a2a.TaskStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** The stream of a message that is answered without a task. */
final class SingleMessage implements TaskStream {
    private final Message message;
    private boolean isRead;

    SingleMessage(Message message) {
        this.message = message;
    }

    @Override
    public Optional<Element> next(Duration limit) {
        if (isRead) {
            return Optional.empty();
        }
        isRead = true;
        return Optional.of(new Element(OptionalLong.empty(), message));
    }

    @Override
    public boolean isOver() {
        return isRead;
    }

    @Override
    public void close() {}
}
