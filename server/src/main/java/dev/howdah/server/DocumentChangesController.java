package dev.howdah.server;

import dev.howdah.documents.changes.ChangeEvent;
import dev.howdah.documents.changes.ChangeFeed;
import dev.howdah.documents.changes.ChangeOperation;
import dev.howdah.documents.changes.ChangePage;
import dev.howdah.documents.changes.ChangeSelection;
import dev.howdah.documents.changes.ChangeToken;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.value.DocumentIds;
import dev.howdah.documents.value.Values;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** The change feed of a collection: by pages, and as it grows. Any instance goes on where another one ended. */
@RestController
@Tag(name = "Document changes", description = "What was written to a collection")
final class DocumentChangesController implements ApplicationListener<ContextClosedEvent> {
    private static final String CHANGES = DocumentCollectionsController.PATH + "/{collection}/_changes";
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    /** Pages that are read ahead of a client. */
    private static final int AHEAD_MAX = 4;

    private final ChangeFeed feed;
    private final Set<Thread> streams = ConcurrentHashMap.newKeySet();

    DocumentChangesController(Howdah howdah) {
        this.feed = howdah.documents().changes();
    }

    @GetMapping(CHANGES)
    @Operation(summary = "Changes in an order that loses and repeats none; pass next as after to read on. Without after the "
            + "oldest that are kept; after=now for those to come. 410 if changes behind the place were deleted")
    ResponseEntity<String> list(@PathVariable String collection, @RequestParam Optional<String> after,
            @RequestParam(defaultValue = "100") int limit, @RequestParam Optional<String> operations,
            @RequestParam(defaultValue = "false") boolean document, @RequestParam Optional<String> filter) {
        var selection = selection(collection, operations, document, filter);
        var page = feed.read(selection, place(selection, after), limit);
        var answer = DocumentJson.object();
        answer.set("items", DocumentJson.array(page.events().stream().map(DocumentChangesController::view).toList()));
        return DocumentJson.answer(answer.put("next", page.next().toString()).put("complete", page.isComplete()));
    }

    @GetMapping(CHANGES + "/stream")
    @Operation(summary = "The same as server-sent events as they happen; resume with Last-Event-ID or after, else from now on")
    void stream(@PathVariable String collection, @RequestParam Optional<String> after,
            @RequestHeader(name = "Last-Event-ID", required = false) Optional<String> lastEventId,
            @RequestParam Optional<String> operations, @RequestParam(defaultValue = "false") boolean document,
            @RequestParam Optional<String> filter, HttpServletResponse response) throws IOException {
        var selection = selection(collection, operations, document, filter);
        var place = place(selection, lastEventId.or(() -> after).or(() -> Optional.of("now")));
        feed.read(selection, place, 1); // refuses what cannot be followed while there is a status to say so
        response.setContentType("text/event-stream;charset=UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // proxies would gather what is to arrive at once
        var thread = Thread.currentThread();
        streams.add(thread);
        try {
            stream(selection, place, response.getOutputStream());
        } catch (InterruptedException e) {
            // The server ends; the client comes again, here or elsewhere.
        } finally {
            streams.remove(thread);
        }
    }

    private void stream(ChangeSelection selection, ChangeToken after, OutputStream out)
            throws IOException, InterruptedException {
        var pages = new ArrayBlockingQueue<ChangePage>(AHEAD_MAX);
        var isOpen = new AtomicBoolean(true);
        write(out, ": changes\n\n");
        try (var follower = feed.follow(selection, after, page -> put(pages, page, isOpen))) {
            while (follower.isFollowing()) {
                var page = pages.poll(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
                if (page == null) {
                    write(out, ": heartbeat\n\n");
                } else {
                    write(out, text(page));
                }
            }
        } finally {
            isOpen.set(false);
        }
    }

    /** An id without data moves the place of a client on that has heard nothing for long. */
    private static String text(ChangePage page) {
        return page.events().stream().map(event -> "id: " + event.token() + "\nevent: " + event.operation().text()
                + "\ndata: " + Values.write(view(event)) + "\n\n").collect(Collectors.joining())
                + "id: " + page.next() + "\n\n";
    }

    /** Waits for a client that is slow, not for one that is gone. */
    private static void put(ArrayBlockingQueue<ChangePage> pages, ChangePage page, AtomicBoolean isOpen) {
        try {
            boolean isTaken = false;
            while (!isTaken && isOpen.get()) {
                isTaken = pages.offer(page, 1, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static ChangeSelection selection(String collection, Optional<String> operations, boolean document,
            Optional<String> filter) {
        var selection = ChangeSelection.all().ofCollection(collection);
        if (operations.isPresent()) {
            selection = selection.ofOperations(Arrays.stream(operations.get().split(",")).map(String::strip)
                    .map(ChangeOperation::of).collect(Collectors.toSet()));
        }
        if (filter.isPresent()) {
            selection = selection.matching(Filter.parse(Values.parseObject(filter.get())));
        }
        return document ? selection.withDocuments() : selection;
    }

    private ChangeToken place(ChangeSelection selection, Optional<String> after) {
        return switch (after.orElse("")) {
            case "" -> feed.oldest(selection);
            case "now" -> feed.now();
            default -> ChangeToken.parse(after.get());
        };
    }

    private static ObjectNode view(ChangeEvent event) {
        var view = DocumentJson.object().put("token", event.token().toString())
                .put("operation", event.operation().text())
                .put("collection", event.collection());
        view.set("id", DocumentIds.toValue(event.id()));
        view.put("rev", event.rev()).put("at", event.at().toString());
        event.document()
                .ifPresent(document -> view.set("document", Values.denormalise(document, Values.Format.RELAXED)));
        return view;
    }

    /** Streams would hold up the end of the server until its limit. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        streams.forEach(Thread::interrupt);
    }
}
