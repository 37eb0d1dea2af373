package dev.howdah.agent.triage;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The words that stand for a kind of change: triggers of an API's consumers, concerns that a fork shares with its template
 * or not. A word counts where it begins a word of the text, so that "port" is found in "ports:" but not in "report".
 */
public final class Concerns {
    /** What may matter to a consumer. */
    public static final Map<String, List<String>> TRIGGERS = ordered(
            "api_contract", "api endpoint route contract schema interface",
            "authentication", "auth token credential security login",
            "deployment", "docker deploy port host url environment",
            "configuration", "config setting env parameter",
            "endpoints", "endpoint route path url api");
    /** What a fork may take over from its template. */
    public static final Map<String, List<String>> SHARED = ordered(
            "infrastructure", "docker compose deploy infra terraform",
            "docker", "dockerfile docker-compose .dockerignore docker",
            "deployment", "deploy k8s kubernetes helm compose",
            "gpu_configuration", "gpu cuda nvidia vram device",
            "health_checks", "health readiness liveness probe",
            "logging", "log logger logging monitor",
            "monitoring", "monitor metric prometheus grafana");
    /** What a fork has of its own. */
    public static final Map<String, List<String>> DIVERGENT = ordered(
            "application_logic", "app.py main.py service business",
            "model_specific", "model inference generation prompt",
            "api_endpoints", "endpoint route api/ handler",
            "business_logic", "business logic service domain");

    private static final Map<String, Pattern> PATTERNS = new java.util.concurrent.ConcurrentHashMap<>();

    private Concerns() {}

    /** Those of the names whose words occur in the text, in their order; a name without known words stands for itself. */
    static List<String> matching(Collection<String> names, Map<String, List<String>> words, String text) {
        var lower = text.toLowerCase(Locale.ROOT);
        return names.stream().filter(name -> words.getOrDefault(name, List.of(name.replace('_', ' '))).stream()
                .anyMatch(word -> occurs(word, lower))).toList();
    }

    private static boolean occurs(String word, String text) {
        return PATTERNS.computeIfAbsent(word, w -> Pattern.compile("(?<![a-z0-9])" + Pattern.quote(w))).matcher(text)
                .find();
    }

    private static Map<String, List<String>> ordered(String... namesAndWords) {
        var map = new LinkedHashMap<String, List<String>>();
        for (int i = 0; i < namesAndWords.length; i += 2) {
            map.put(namesAndWords[i], List.of(namesAndWords[i + 1].split(" ")));
        }
        return java.util.Collections.unmodifiableMap(map);
    }

    /** The names, for a message. */
    static String list(Map<String, List<String>> words) {
        return words.keySet().stream().collect(Collectors.joining(", "));
    }
}
