package dev.howdah.documents.aggregate;

import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.Sort;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.LimitExceededException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An aggregation: stages that documents run through. {@link #pushDown} splits off what the database does; {@link #run} does
 * the rest over a stream, keeping in memory only what a stage must.
 *
 * @param stages in order; without any, documents come out as they go in
 */
public record Pipeline(List<Stage> stages) {
    public Pipeline {
        stages = List.copyOf(stages);
    }

    /**
     * From its JSON, within {@link PipelineLimits#DEFAULT}.
     *
     * @throws InvalidInputException {@code pipeline-invalid} naming the stage
     */
    public static Pipeline parse(ArrayNode pipeline) {
        return parse(pipeline, PipelineLimits.DEFAULT);
    }

    /**
     * From its JSON.
     *
     * @param pipeline such as {@code [{"$match": {"age": {"$gte": 18}}}, {"$count": "adults"}]}
     * @throws InvalidInputException {@code pipeline-invalid} naming the stage
     */
    public static Pipeline parse(ArrayNode pipeline, PipelineLimits limits) {
        return new StageParser(limits).pipeline(pipeline);
    }

    /**
     * What the database does first, in this order.
     *
     * @param filter which documents
     * @param sort their order; empty if none was asked for
     * @param skip how many are left out
     * @param limit how many at most
     * @param rest the stages that remain
     */
    public record PushDown(Filter filter, Optional<Sort> sort, long skip, OptionalLong limit, Pipeline rest) {}

    /** Splits off the leading {@code $match}, then {@code $sort}, {@code $skip} and {@code $limit}, each as far as they stand in this order. */
    public PushDown pushDown() {
        int next = 0;
        var filters = new ArrayList<Filter>();
        while (next < stages.size() && stages.get(next) instanceof Stage.Match match) {
            filters.add(match.filter());
            next++;
        }
        Optional<Sort> sort = Optional.empty();
        if (next < stages.size() && stages.get(next) instanceof Stage.Order order) {
            sort = Optional.of(order.sort());
            next++;
        }
        long skip = 0;
        if (next < stages.size() && stages.get(next) instanceof Stage.Skip first) {
            skip = first.count();
            next++;
        }
        var limit = OptionalLong.empty();
        while (next < stages.size() && stages.get(next) instanceof Stage.Limit most) {
            limit = OptionalLong.of(Math.min(most.count(), limit.orElse(Long.MAX_VALUE)));
            next++;
        }
        return new PushDown(filters.size() == 1 ? filters.getFirst() : new Filter.And(filters), sort, skip, limit,
                new Pipeline(stages.subList(next, stages.size())));
    }

    /**
     * Runs all stages over stored documents. The result is computed as it is read; closing it closes the input.
     *
     * @param foreign where {@code $lookup} finds documents
     * @throws LimitExceededException {@code aggregation-too-large} while it is read, naming the stage that keeps too much
     * @throws InvalidInputException {@code aggregation-failed} while it is read, if an operator meets a value it cannot take
     */
    public Stream<ObjectNode> run(Stream<ObjectNode> documents, ForeignDocuments foreign, PipelineLimits limits) {
        return new PipelineRun(foreign, limits).run(this, documents);
    }
}
