package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Document;
import dev.howdah.knowledge.scan.Analysis.Documentation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which documents a repository has, what its README talks about, and what it is for. */
final class Documents {
    private static final int DOCUMENTS_MAX = 500;
    private static final int SECTIONS_MAX = 100;
    private static final int DOMAIN_MAX = 1_000;
    private static final Map<String, Pattern> KINDS = kinds();
    /** The first that fits; words of one licence occur in others too, so the order counts. */
    private static final Map<String, Pattern> LICENSES = licenses();
    private static final Pattern HEADING = Pattern.compile("(?m)^#{2,3}\\s+(.+?)\\s*#*$|^(.+)\\n[-~]{3,}$");
    private static final Pattern README = Pattern.compile("(?i)README(?:\\.(?:md|rst|txt|adoc|markdown))?");

    private final List<Document> found = new ArrayList<>();
    private Optional<String> readmePath = Optional.empty();
    private List<String> sections = List.of();
    private String license = "";
    private String domain = "";

    private static Map<String, Pattern> kinds() {
        var kinds = new LinkedHashMap<String, Pattern>();
        kinds.put("readme", Pattern.compile("(?i)(?:.*/)?README(?:\\.\\w+)?"));
        kinds.put("license", Pattern.compile("(?i)(?:LICEN[SC]E|COPYING|UNLICENSE)[\\w.-]*"));
        kinds.put("contributing", Pattern.compile("(?i)(?:\\.github/|docs/)?CONTRIBUTING(?:\\.\\w+)?"));
        kinds.put("changelog",
                Pattern.compile("(?i)(?:docs/)?(?:CHANGELOG|CHANGES|HISTORY|RELEASES?|NEWS)(?:\\.\\w+)?"));
        kinds.put("security", Pattern.compile("(?i)(?:\\.github/|docs/)?SECURITY(?:\\.\\w+)?"));
        kinds.put("code-of-conduct", Pattern.compile("(?i)(?:\\.github/|docs/)?CODE_OF_CONDUCT(?:\\.\\w+)?"));
        kinds.put("api", Pattern.compile(
                "(?i)(?:.*/)?(?:openapi|swagger)[\\w.-]*\\.(?:ya?ml|json)|(?:.*/)?api(?:[-_]?(?:docs?|reference))?\\.(?:md|rst|adoc)"));
        kinds.put("architecture", Pattern.compile(
                "(?i)(?:.*/)?(?:architecture|design|decisions?)[\\w-]*\\.(?:md|rst|adoc)|(?:.*/)?adrs?/.*\\.(?:md|rst|adoc)|(?:.*/)?decisions/.*\\.(?:md|rst|adoc)"));
        kinds.put("guide", Pattern.compile("(?i)(?:.*/)?docs?/.*\\.(?:md|rst|adoc)"));
        return kinds;
    }

    private static Map<String, Pattern> licenses() {
        var licenses = new LinkedHashMap<String, Pattern>();
        licenses.put("Apache-2.0", Pattern.compile("Apache License\\s+Version 2\\.0"));
        licenses.put("AGPL-3.0", Pattern.compile("(?i)GNU AFFERO GENERAL PUBLIC LICENSE"));
        licenses.put("LGPL", Pattern.compile("(?i)^\\s*GNU LESSER GENERAL PUBLIC LICENSE"));
        licenses.put("GPL-3.0", Pattern.compile("(?i)GNU GENERAL PUBLIC LICENSE\\s+Version 3"));
        licenses.put("GPL-2.0", Pattern.compile("(?i)GNU GENERAL PUBLIC LICENSE\\s+Version 2"));
        licenses.put("MPL-2.0",
                Pattern.compile("Mozilla Public License,? [Vv]ersion 2\\.0|Mozilla Public License Version 2\\.0"));
        licenses.put("BSD-3-Clause",
                Pattern.compile("Redistribution and use in source[\\s\\S]{0,2000}Neither the name"));
        licenses.put("BSD-2-Clause", Pattern.compile("Redistribution and use in source"));
        licenses.put("ISC", Pattern.compile("Permission to use, copy, modify, and(?:/or)? distribute this software"));
        licenses.put("MIT", Pattern.compile("Permission is hereby granted, free of charge"));
        licenses.put("Unlicense", Pattern.compile("This is free and unencumbered software"));
        licenses.put("CC0-1.0", Pattern.compile("CC0 1\\.0 Universal"));
        return licenses;
    }

    void read(SourceFile file) {
        kind(file.path()).ifPresent(kind -> {
            if (found.size() < DOCUMENTS_MAX) {
                found.add(new Document(kind, file.path()));
            }
            if (kind.equals("license") && license.isEmpty()) {
                license = LICENSES.entrySet().stream().filter(entry -> entry.getValue().matcher(file.text()).find())
                        .findFirst().map(Map.Entry::getKey).orElse("other");
            }
        });
        if (README.matcher(file.path()).matches() && readmePath.isEmpty()) {
            readmePath = Optional.of(file.path());
            sections = HEADING.matcher(withoutCode(file.text())).results()
                    .map(match -> match.group(1) != null ? match.group(1) : match.group(2)).map(Prose::plain)
                    .map(heading -> Prose.cut(heading, 200)).limit(SECTIONS_MAX).toList();
            domain = firstParagraph(file.text());
        }
    }

    private static Optional<String> kind(String path) {
        return KINDS.entrySet().stream().filter(entry -> entry.getValue().matcher(path).matches())
                .map(Map.Entry::getKey).findFirst();
    }

    private static String withoutCode(String text) {
        var kept = new StringBuilder(text.length());
        boolean isCode = false;
        for (var line : text.lines().toList()) {
            isCode ^= line.stripLeading().startsWith("```");
            kept.append(isCode ? "" : line).append('\n');
        }
        return kept.toString();
    }

    /** The first text that is neither heading, badge, list, table nor quote. */
    private static String firstParagraph(String text) {
        for (var paragraph : Pattern.compile("\\n\\s*\\n").split(withoutCode(text), 50)) {
            var body = paragraph.lines().map(String::strip)
                    .dropWhile(line -> line.startsWith("#") || line.matches("[=~-]{3,}")).toList();
            var plain = Prose
                    .plain(String.join("\n", body).replaceAll("\\[?!\\[[^\\]]*]\\([^)]*\\)(?:]\\([^)]*\\))?", ""));
            if (plain.length() >= 20 && !plain.matches("[|>*+-].*") && plain.matches(".*\\p{L}{3}.*")) {
                return Prose.cut(plain, DOMAIN_MAX);
            }
        }
        return "";
    }

    Documentation documentation() {
        return new Documentation(found.stream().sorted(Comparator.comparing(Document::kind)
                .thenComparing(Document::path)).toList(), license, sections);
    }

    String problemDomain() {
        return domain;
    }
}
