package dev.howdah.spring.session;

import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.spring.json.TypedJson;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Values of attributes as JSON and back. One that cannot be read any more, because its class is gone or is none of the trusted ones, is
 * absent: the rest of the session stays of use. Thread-safe.
 */
final class AttributeValues {
    private static final Logger LOG = LoggerFactory.getLogger(AttributeValues.class);
    /** Names that are remembered as told; what comes beyond them is absent without a word. */
    private static final int TOLD_MAX = 1000;

    private final TypedJson json;
    private final Set<String> told = ConcurrentHashMap.newKeySet();

    AttributeValues(TypedJson json) {
        this.json = json;
    }

    /** @throws InvalidInputException if it cannot be written; names the attribute */
    JsonNode write(String name, Object value) {
        try {
            return json.write(value);
        } catch (InvalidInputException e) {
            throw new InvalidInputException(e.code(), e.faults().stream()
                    .map(fault -> new Fault("the attribute \"" + name + "\"", fault.problem(), fault.remedy()))
                    .toList());
        }
    }

    Optional<Object> read(String name, JsonNode stored) {
        try {
            return Optional.ofNullable(json.read(stored));
        } catch (InvalidInputException | JacksonException e) {
            tell(name, e);
            return Optional.empty();
        }
    }

    /** Once, not with every request. */
    private void tell(String name, RuntimeException e) {
        if (told.size() < TOLD_MAX && told.add(name)) {
            LOG.warn("The attribute \"{}\" of a session cannot be read, and is absent wherever it is like this: {}",
                    name, e.getMessage());
            LOG.debug("Reading an attribute", e);
        }
    }
}
