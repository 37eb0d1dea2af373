package dev.howdah.agent.http;

/**
 * An answer that was read as a whole.
 *
 * @param head status and headers
 * @param body as text, read as UTF-8
 */
public record OutboundAnswer(AnswerHead head, String body) {
    public int status() {
        return head.status();
    }
}
