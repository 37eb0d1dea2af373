package dev.howdah.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.sessions.SessionChange;
import dev.howdah.sessions.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What sessions hold: written one by one, by several requests at the same time, and by other versions of the program. */
class HowdahSessionAttributesTest {
    private final TestSpringSessions test = new TestSpringSessions();
    private final HowdahSessionRepository repository = test.repository;

    @Test
    void setsReplacesAndRemovesInOneSave() {
        var session = repository.createSession();
        session.setAttribute("stays", "s");
        session.setAttribute("changes", "old");
        session.setAttribute("goes", "g");
        repository.save(session);

        var found = test.find(session.getId());
        found.setAttribute("comes", "c");
        found.setAttribute("changes", "new");
        found.removeAttribute("goes");
        found.setAttribute("never", "x");
        found.setAttribute("never", null);
        assertThat(found.getAttributeNames()).containsExactlyInAnyOrder("stays", "changes", "comes");
        repository.save(found);

        var again = test.find(session.getId());
        assertThat(again.getAttributeNames()).containsExactlyInAnyOrder("stays", "changes", "comes");
        assertThat(again.<String>getAttribute("changes")).isEqualTo("new");
        assertThat(test.version(found.handle())).as("changes of the row").isEqualTo(2);
    }

    @Test
    void aValueThatIsChangedAfterItWasSetIsStoredAsItIsThen() {
        var session = repository.createSession();
        var words = new ArrayList<>(List.of("a"));
        session.setAttribute("words", words);
        words.add("b");
        repository.save(session);
        words.add("c");
        repository.save(session);
        assertThat(test.find(session.getId()).<List<String>>getAttribute("words")).containsExactly("a", "b");
    }

    @Test
    void requestsThatWriteAtTheSameTimeLoseNothing() throws Exception {
        var session = test.saved();
        int requests = 8;
        var start = new CyclicBarrier(requests);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var done = threads.invokeAll(IntStream.range(0, requests).<Callable<Boolean>>mapToObj(i -> () -> {
                var found = test.find(session.getId());
                found.setAttribute("new", "anybody's");
                found.setAttribute("of-" + i, i);
                start.await();
                repository.save(found);
                return true;
            }).toList());
            for (var one : done) {
                assertThat(one.get()).isTrue();
            }
        }
        var found = test.find(session.getId());
        assertThat(found.<Integer>getAttribute("first")).isEqualTo(1);
        assertThat(found.<String>getAttribute("new")).isEqualTo("anybody's");
        assertThat(IntStream.range(0, requests).map(i -> found.<Integer>getRequiredAttribute("of-" + i)))
                .containsExactlyElementsOf(IntStream.range(0, requests).boxed().toList());
    }

    @Test
    void aSaveSeesWhatOthersHaveWritten() {
        var mine = test.find(test.saved().getId());
        var other = test.find(mine.getId());
        other.setAttribute("first", "other's");
        repository.save(other);
        mine.setAttribute("mine", true);
        repository.save(mine);
        assertThat(mine.<String>getAttribute("first")).isEqualTo("other's");
    }

    @Test
    void largeAttributesFitUpToTheBound() {
        var session = repository.createSession();
        session.setAttribute("large", "x".repeat(200_000));
        repository.save(session);
        assertThat(test.find(session.getId()).<String>getRequiredAttribute("large")).hasSize(200_000);
        session.setAttribute("second", "x".repeat(100_000));
        assertThatThrownBy(() -> repository.save(session)).isInstanceOf(LimitExceededException.class)
                .hasMessageNotContaining(session.getId());
    }

    @Test
    void whatCannotBeWrittenIsNamed() {
        var session = test.saved();
        session.setAttribute("builder", new ProcessBuilder("ls"));
        assertThatThrownBy(() -> repository.save(session)).isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("\"builder\"").hasMessageContaining("trusted-packages");
    }

    @Test
    void whatCannotBeReadAnyMoreIsAbsentAndToldOnce() {
        var session = test.saved();
        var gone = JsonMapper.shared().readTree("{\"type\": \"dev.howdah.spring.session.Gone\", \"value\": {}}");
        var bare = JsonMapper.shared().readTree("[17]");
        test.sessions.update(SessionId.of(session.getId()), SessionChange.setting(Map.of("gone", gone, "bare", bare)));
        var told = TestSpringSessions.listen(AttributeValues.class);
        for (int i = 0; i < 3; i++) {
            var found = test.find(session.getId());
            assertThat(found.<Object>getAttribute("gone")).isNull();
            assertThat(found.getAttributeNames()).containsExactly("first");
            found.setAttribute("round", i);
            repository.save(found);
            found.removeAttribute("round");
            repository.save(found);
        }
        assertThat(told.list).extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(text -> text.contains("\"gone\"")).singleElement().asString()
                .contains("no such class").doesNotContain(session.getId());
        assertThat(test.sessions.get(SessionId.of(session.getId())).attributes()).containsEntry("gone", gone);
    }
}
