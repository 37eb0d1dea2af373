package dev.howdah.server;

import dev.howdah.documents.Document;
import dev.howdah.documents.query.Filter;
import dev.howdah.documents.query.Projection;
import dev.howdah.documents.query.Sort;
import dev.howdah.documents.update.Update;
import dev.howdah.documents.value.Values;
import dev.howdah.postgres.InvalidInputException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Bodies about documents: read and written by the documents' own JSON, which keeps every digit of a number. */
record DocumentJson(ObjectNode body) {
    /** An object that may have only these fields. */
    static DocumentJson read(String text, String... fields) {
        var body = text.isBlank() ? JsonNodeFactory.instance.objectNode() : Values.parseObject(text);
        var known = Set.of(fields);
        body.propertyNames().stream().filter(name -> !known.contains(name)).findFirst().ifPresent(name -> {
            throw new InvalidInputException("field-invalid", "/" + name, "is not known",
                    "use " + String.join(", ", fields));
        });
        return new DocumentJson(body);
    }

    Filter filter() {
        return Filter.parse(object("filter").orElseGet(JsonNodeFactory.instance::objectNode));
    }

    Optional<Sort> sort() {
        return object("sort").map(Sort::parse);
    }

    Optional<Projection> projection() {
        return object("projection").map(Projection::parse);
    }

    /** Operators or a whole document, with array filters. */
    Optional<Update> update() {
        return Optional.ofNullable(body.get("update")).map(update -> Update.parse(update, array("array_filters")));
    }

    ArrayNode array(String field) {
        var value = body.get(field);
        if (value == null) {
            return JsonNodeFactory.instance.arrayNode();
        }
        if (value instanceof ArrayNode array) {
            return array;
        }
        throw invalid(field, "is no array", "give an array");
    }

    Optional<ObjectNode> object(String field) {
        var value = body.get(field);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (value instanceof ObjectNode object) {
            return Optional.of(object);
        }
        throw invalid(field, "is no object", "give an object");
    }

    Optional<String> text(String field) {
        var value = body.get(field);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw invalid(field, "is no text", "give a string");
        }
        return Optional.of(value.stringValue());
    }

    OptionalLong number(String field) {
        var value = body.get(field);
        if (value == null || value.isNull()) {
            return OptionalLong.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw invalid(field, "is no whole number", "give one");
        }
        return OptionalLong.of(value.longValue());
    }

    boolean flag(String field, boolean otherwise) {
        var value = body.get(field);
        if (value == null || value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw invalid(field, "is neither true nor false", "give one of them");
        }
        return value.booleanValue();
    }

    static InvalidInputException invalid(String field, String problem, String remedy) {
        return new InvalidInputException("field-invalid", "/" + field, problem, remedy);
    }

    /** A document with what is known about it. */
    static ObjectNode envelope(Document document) {
        var view = object().put("id", document.id()).put("rev", document.rev())
                .put("created_at", document.createdAt().toString()).put("updated_at", document.updatedAt().toString());
        view.set("metadata", document.metadata());
        return view.set("document", document.value());
    }

    static ArrayNode array(List<? extends JsonNode> elements) {
        return JsonNodeFactory.instance.arrayNode(elements.size()).addAll(elements);
    }

    static ArrayNode texts(List<String> texts) {
        var array = JsonNodeFactory.instance.arrayNode(texts.size());
        texts.forEach(array::add);
        return array;
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ResponseEntity<String> answer(JsonNode body) {
        return answer(ResponseEntity.ok(), body);
    }

    static ResponseEntity<String> answer(ResponseEntity.BodyBuilder response, JsonNode body) {
        return response.contentType(MediaType.APPLICATION_JSON).body(Values.write(body));
    }

    /** With the revision as ETag. */
    static ResponseEntity<String> answer(ResponseEntity.BodyBuilder response, Document document, boolean withEnvelope) {
        return answer(response.eTag("\"" + document.rev() + "\"").lastModified(document.updatedAt()),
                withEnvelope ? envelope(document) : document.value());
    }
}
