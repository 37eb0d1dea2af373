package dev.howdah.documents.aggregate;

import dev.howdah.documents.query.FieldPath;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.Projection;
import dev.howdah.documents.query.Sort;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One step of a pipeline, checked. */
public sealed interface Stage {
    /** Documents that match. */
    record Match(Filter filter) implements Stage {}

    /**
     * Shows fields and adds computed ones.
     *
     * @param fields what is shown of the document; nothing of it if {@code computedOnly}
     * @param computed by path, in the order given
     */
    record Project(Projection fields, Map<FieldPath, Value> computed) implements Stage {
        public Project {
            computed = Collections.unmodifiableMap(new LinkedHashMap<>(computed));
        }
    }

    /** Sets computed fields. */
    record AddFields(Map<FieldPath, Value> computed) implements Stage {
        public AddFields {
            computed = Collections.unmodifiableMap(new LinkedHashMap<>(computed));
        }
    }

    /** One document for each value of the id. */
    record Group(Value id, Map<String, Accumulation> fields) implements Stage {
        public Group {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }
    }

    /** What a group keeps of its documents. */
    record Accumulation(Operator operator, Value value) {
        /** The accumulators. */
        public enum Operator {
            SUM, AVG, MIN, MAX, FIRST, LAST, PUSH, ADD_TO_SET, COUNT
        }
    }

    /** Orders. */
    record Order(Sort sort) implements Stage {}

    /** Leaves out the first ones. */
    record Skip(long count) implements Stage {}

    /** Ends after so many. */
    record Limit(long count) implements Stage {}

    /**
     * One document for each element of an array.
     *
     * @param keepEmpty whether documents without elements stay
     * @param index the field that is told the element's index
     */
    record Unwind(FieldPath path, boolean keepEmpty, Optional<FieldPath> index) implements Stage {}

    /** How many there are, as one document. */
    record Count(String field) implements Stage {}

    /** Adds the documents of another collection that have an equal value. */
    record Lookup(String from, FieldPath localField, FieldPath foreignField, FieldPath as) implements Stage {}

    /** Several pipelines over the same documents, each result an array of one document. */
    record Facet(Map<String, Pipeline> pipelines) implements Stage {
        public Facet {
            pipelines = Collections.unmodifiableMap(new LinkedHashMap<>(pipelines));
        }
    }

    /** Goes on with a part of each document. */
    record ReplaceRoot(Value root) implements Stage {}

    /** The name that the stage is written with, for messages. */
    default String keyword() {
        return switch (this) {
            case Match _ -> "$match";
            case Project _ -> "$project";
            case AddFields _ -> "$addFields";
            case Group _ -> "$group";
            case Order _ -> "$sort";
            case Skip _ -> "$skip";
            case Limit _ -> "$limit";
            case Unwind _ -> "$unwind";
            case Count _ -> "$count";
            case Lookup _ -> "$lookup";
            case Facet _ -> "$facet";
            case ReplaceRoot _ -> "$replaceRoot";
        };
    }

    /** The stages that are known, for messages. */
    static List<String> keywords() {
        return List.of("$match", "$project", "$addFields", "$set", "$unset", "$group", "$sort", "$skip", "$limit",
                "$unwind",
                "$count", "$lookup", "$facet", "$sortByCount", "$replaceRoot", "$replaceWith");
    }
}
