package dev.howdah.agent.mcp;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A kind of resources: what can be listed, read and watched. Thread-safe. */
public interface McpResources {
    /**
     * A part of the list.
     *
     * @param items resources as the protocol has them
     * @param next where the next part begins; absent at the end
     */
    record Part(List<ObjectNode> items, Optional<String> next) {
        public Part {
            items = List.copyOf(items);
        }
    }

    /** Resources in a fixed order. */
    Part list(Optional<String> cursor, int limit);

    /** Patterns of addresses, as the protocol has them. */
    List<ObjectNode> templates();

    /** The content of a resource, as the protocol has it; absent if there is none at the address. */
    Optional<ObjectNode> read(String uri);

    /** What changes when one of the resources changes, by address; those that are not there are left out. */
    Map<String, String> versions(Collection<String> uris);

    /** What changes when a resource comes or goes. */
    String listVersion();

    /**
     * Values of a template's variable that begin with what was typed; absent if the template is another's.
     *
     * @param context variables that are known already
     */
    Optional<List<String>> complete(String template, String variable, String prefix, Map<String, String> context,
            int limit);
}
