package dev.howdah.server;

import jakarta.servlet.http.HttpServletRequest;
import java.util.stream.Collectors;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.ServletRequestPathUtils;

/** Which path a request means. */
final class RequestPaths {
    private RequestPaths() {}

    /**
     * The path as controllers are chosen by it: decoded, and without parameters of its segments. A filter that looked at the
     * path as it was sent would let {@code /%61pi/tasks} pass, or {@code /api;x=1/tasks}.
     */
    static String of(HttpServletRequest request) {
        return ServletRequestPathUtils.parseAndCache(request).pathWithinApplication().elements().stream()
                .map(element -> element instanceof PathContainer.PathSegment segment
                        ? segment.valueToMatch()
                        : element.value())
                .collect(Collectors.joining());
    }
}
