package dev.howdah.knowledge;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A way of doing things that a repository uses, such as "retry with backoff".
 *
 * @param name unique in its repository
 * @param description what it is; may be empty
 * @param context where and why it is used; may be empty
 * @param keywords under which it is found; case does not matter
 * @param details what has no field of its own
 */
public record Pattern(String name, String description, String context, List<String> keywords, ObjectNode details) {
    public Pattern {
        keywords = List.copyOf(keywords);
        details = details.deepCopy();
        new Checks().name("name", name).text("description", description).text("context", context)
                .texts("keywords", keywords).json("details", details).check("pattern-invalid");
    }
}
