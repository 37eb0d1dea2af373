package dev.howdah.workflow.example;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a requirement asks for, as far as plain rules can tell: each sentence is a story with a role, an action and a thing;
 * things are the entities, what is said with them ("dogs with name, breed and price") their fields, actions the endpoints.
 */
record Product(String title, List<Story> stories, List<Entity> entities, List<Endpoint> endpoints) {
    static final int STORIES_MAX = 50;
    static final int ENTITIES_MAX = 20;

    /** One wish of one role; vague are words of it that no test can decide. */
    record Story(String id, String role, String action, String entity, String text, List<String> vague) {
        boolean isTestable() {
            return !action.isEmpty() && !entity.isEmpty() && vague.isEmpty();
        }
    }

    record Field(String name, String type) {}

    record Entity(String name, List<Field> fields) {
        String table() {
            return plural(name);
        }
    }

    record Endpoint(String method, String path, String operation, String entity) {
        String handler() {
            return operation + "_" + (operation.equals("list") ? plural(entity) : entity);
        }
    }

    private static final Map<String, String> OPERATIONS = operations(
            "create: create add register publish post offer sell upload write buy order book reserve pay send leave ask "
                    + "request sign submit record contact message report rate review build make develop implement",
            "list: search find browse see view list read filter compare show sort check follow track look",
            "update: edit update change approve reject verify manage mark rename assign correct",
            "delete: delete remove cancel withdraw archive");
    private static final Set<String> SKIPPED = words(
            "a an the their his her its our all any some new own other each every to "
                    + "for of with by in on at from up out into and or that which who can could may must should shall will want "
                    + "wants be able it them they him is are was one two three several many more most available existing "
                    + "current only also please");
    private static final Set<String> VAGUE = words("easy easily fast quickly nice good simple intuitive modern "
            + "user-friendly flexible robust etc appropriate beautiful seamless soon");
    private static final Pattern MODAL = Pattern.compile(
            "^(?:as an? )?([\\w -]{1,40}?),? (?:can|could|may|must|should|shall|will|wants? to|i want to|need to|needs to)\\b",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ATTRIBUTES = Pattern.compile("\\b(?:with|by|has|have|including)\\b ([^.;:]+)");
    private static final Pattern NUMERIC = Pattern.compile("price|amount|total|cost|fee|weight|rating|score");
    private static final Pattern WHOLE = Pattern.compile("age|count|quantity|number|year");

    private static Map<String, String> operations(String... lines) {
        var operations = new LinkedHashMap<String, String>();
        for (var line : lines) {
            var parts = line.split(": ", 2);
            for (var verb : parts[1].split(" ", -1)) {
                operations.put(verb, parts[0]);
            }
        }
        return operations;
    }

    private static Set<String> words(String text) {
        return Set.of(text.split(" "));
    }

    static Product of(String requirement) {
        var sentences = Arrays.stream(requirement.split("(?<=[.!?])\\s+|\\R+|;")).map(Product::plain)
                .filter(sentence -> !sentence.isEmpty()).limit(STORIES_MAX).toList();
        var stories = new ArrayList<Story>();
        var fields = new LinkedHashMap<String, Set<String>>();
        for (var sentence : sentences) {
            var story = story(stories.size() + 1, sentence);
            stories.add(story);
            if (!story.entity().isEmpty() && (fields.containsKey(story.entity()) || fields.size() < ENTITIES_MAX)) {
                fields.computeIfAbsent(story.entity(), key -> new LinkedHashSet<>()).addAll(attributes(sentence));
            }
        }
        var entities = fields.entrySet().stream().map(e -> new Entity(e.getKey(), fields(e.getValue()))).toList();
        var title = sentences.isEmpty() ? "Product" : shorten(sentences.getFirst());
        return new Product(title, List.copyOf(stories), entities, endpoints(stories, entities));
    }

    private static String plain(String sentence) {
        return sentence.strip().replaceFirst("^(?:[-*•]|\\d+[.)])\\s*", "").replaceFirst("[.!?]+$", "").strip();
    }

    private static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 79) + "…";
    }

    private static Story story(int number, String sentence) {
        var matcher = MODAL.matcher(sentence);
        boolean hasRole = matcher.find();
        var role = hasRole ? singular(last(matcher.group(1).toLowerCase(Locale.ROOT))) : "user";
        var words = tokens(hasRole ? sentence.substring(matcher.end()) : sentence);
        var action = "";
        var entity = "";
        for (int i = 0; i < words.size() && entity.isEmpty(); i++) {
            if (OPERATIONS.containsKey(words.get(i)) && action.isEmpty()) {
                action = words.get(i);
            } else if (!action.isEmpty() && !SKIPPED.contains(words.get(i)) && !OPERATIONS.containsKey(words.get(i))) {
                entity = singular(words.get(i));
            }
        }
        if (entity.isEmpty() && !action.isEmpty() && words.getLast().equals(action)) {
            entity = switch (action) {
                case "order", "message", "report", "review", "request" -> action;
                default -> "";
            };
        }
        var vague = tokens(sentence).stream().filter(VAGUE::contains).distinct().toList();
        return new Story("US-" + number, role, action, entity, sentence, vague);
    }

    private static String last(String words) {
        var stripped = words.strip();
        return stripped.substring(stripped.lastIndexOf(' ') + 1);
    }

    private static List<String> tokens(String text) {
        return Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z0-9_-]+")).filter(word -> !word.isEmpty())
                .toList();
    }

    private static List<String> attributes(String sentence) {
        var matcher = ATTRIBUTES.matcher(sentence.toLowerCase(Locale.ROOT));
        var names = new ArrayList<String>();
        while (matcher.find()) {
            for (var part : matcher.group(1).split(",| and | or ", -1)) {
                var words = tokens(part).stream().filter(word -> !SKIPPED.contains(word)).toList();
                if (!words.isEmpty() && words.size() <= 2) {
                    names.add(singular(String.join("_", words)).replace('-', '_'));
                }
            }
        }
        return names;
    }

    private static List<Field> fields(Set<String> names) {
        var fields = new ArrayList<Field>();
        if (!names.contains("name") && !names.contains("title")) {
            fields.add(new Field("name", "text"));
        }
        for (var name : names) {
            if (!name.equals("id") && !name.equals("created_at")) {
                fields.add(new Field(name, NUMERIC.matcher(name).find()
                        ? "numeric"
                        : WHOLE.matcher(name).find() ? "integer" : "text"));
            }
        }
        return fields;
    }

    /** What the stories do with each entity; that something made can be listed and read is understood. */
    private static List<Endpoint> endpoints(List<Story> stories, List<Entity> entities) {
        var endpoints = new ArrayList<Endpoint>();
        for (var entity : entities) {
            var wanted = new LinkedHashSet<String>(List.of("list", "read"));
            stories.stream().filter(story -> story.entity().equals(entity.name()))
                    .forEach(story -> wanted.add(OPERATIONS.getOrDefault(story.action(), "list")));
            for (var operation : List.of("list", "create", "read", "update", "delete")) {
                if (wanted.contains(operation)) {
                    endpoints.add(endpoint(operation, entity));
                }
            }
        }
        return endpoints;
    }

    private static Endpoint endpoint(String operation, Entity entity) {
        var list = "/" + entity.table();
        var one = list + "/{id}";
        return switch (operation) {
            case "create" -> new Endpoint("POST", list, operation, entity.name());
            case "update" -> new Endpoint("PUT", one, operation, entity.name());
            case "delete" -> new Endpoint("DELETE", one, operation, entity.name());
            case "read" -> new Endpoint("GET", one, operation, entity.name());
            default -> new Endpoint("GET", list, operation, entity.name());
        };
    }

    /** Which endpoint serves a story. */
    boolean isServed(Story story) {
        var operation = OPERATIONS.getOrDefault(story.action(), "");
        return endpoints.stream().anyMatch(endpoint -> endpoint.entity().equals(story.entity())
                && endpoint.operation().equals(operation));
    }

    static String singular(String word) {
        if (word.endsWith("ies") && word.length() > 4) {
            return word.substring(0, word.length() - 3) + "y";
        }
        if (word.endsWith("sses") || word.endsWith("xes") || word.endsWith("ches") || word.endsWith("shes")) {
            return word.substring(0, word.length() - 2);
        }
        return word.endsWith("s") && !word.endsWith("ss") && !word.endsWith("us") && word.length() > 3
                ? word.substring(0, word.length() - 1)
                : word;
    }

    static String plural(String word) {
        if (word.endsWith("y") && !word.endsWith("ay") && !word.endsWith("ey") && !word.endsWith("oy")) {
            return word.substring(0, word.length() - 1) + "ies";
        }
        return word
                + (word.endsWith("s") || word.endsWith("x") || word.endsWith("ch") || word.endsWith("sh") ? "es" : "s");
    }
}
