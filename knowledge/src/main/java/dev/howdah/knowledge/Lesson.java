package dev.howdah.knowledge;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that was learned the hard way. Unique in its repository by category and text.
 *
 * @param category one of {@link #CATEGORIES}, or another word in a knowledge base that was imported
 * @param title its beginning, for lists
 * @param lesson the whole text
 * @param description in which context it was learned; may be empty
 * @param impact how bad it was: {@code info}, {@code warning}, {@code critical}, or other words of an imported one
 * @param recordedBy who wrote it down; may be empty
 * @param recordedAt when; absent means now
 * @param details what has no field of its own
 */
public record Lesson(String category, String title, String lesson, String description, String impact,
        String recordedBy, List<String> relatedFiles, List<String> tags, Optional<Instant> recordedAt,
        ObjectNode details) {
    /** What new lessons are about. */
    public static final List<String> CATEGORIES = List.of("performance", "security", "reliability", "cost",
            "observability", "deployment", "architecture", "testing", "consumer_triage", "template_triage", "other");
    /** How bad it was. */
    public static final List<String> IMPACTS = List.of("info", "warning", "critical");
    private static final int CATEGORY_MAX = 100;

    public Lesson {
        relatedFiles = List.copyOf(relatedFiles);
        tags = List.copyOf(tags);
        details = details.deepCopy();
        new Checks().required("category", category).text("category", category, CATEGORY_MAX).name("title", title)
                .required("lesson", lesson).text("lesson", lesson).text("description", description)
                .text("impact", impact, Checks.NAME_MAX).text("recorded_by", recordedBy, Checks.NAME_MAX)
                .texts("related_files", relatedFiles).texts("tags", tags).json("details", details)
                .check("lesson-invalid");
    }

    /** The first characters of a lesson. */
    static String title(String lesson) {
        return lesson.length() <= Checks.NAME_MAX ? lesson : lesson.substring(0, Checks.NAME_MAX - 1) + "…";
    }
}
