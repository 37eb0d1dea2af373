package dev.howdah.agent.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What comes before the body of an answer.
 *
 * @param status 200 to 599, redirects excepted
 * @param headers by name in lower case
 */
public record AnswerHead(int status, Map<String, List<String>> headers) {
    public AnswerHead {
        headers = Map.copyOf(headers);
    }

    /** The first header of that name, in whatever case. */
    public Optional<String> header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()).stream().findFirst();
    }

    /** Whether the status is 200 to 299. */
    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }
}
