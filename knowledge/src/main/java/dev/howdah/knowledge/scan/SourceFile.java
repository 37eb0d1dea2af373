package dev.howdah.knowledge.scan;

import dev.howdah.knowledge.scan.Analysis.Evidence;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One file of the tree while it is analysed. Its text has no secrets any more: they are struck out when it is made. */
final class SourceFile {
    private final String path;
    private final String text;
    private final List<Secrets.Place> secrets;
    private final Optional<FileLanguage> language;
    private final boolean isTest;
    private CodeText.@Nullable Stripped code;

    private SourceFile(String path, Secrets.Redacted redacted) {
        this.path = path;
        this.text = redacted.text();
        this.secrets = redacted.places();
        this.language = FileLanguage.of(name(), text);
        this.isTest = FileRules.isTest(path);
    }

    /** Reads UTF-8; what is none is replaced, NUL by a space, because PostgreSQL's text has no place for it. */
    static SourceFile of(String path, byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8).replace('\0', ' ').replace("\r", "");
        return new SourceFile(path, Secrets.redact(path, text));
    }

    String path() {
        return path;
    }

    /** The path's last part. */
    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The path without its last part; empty at the top. */
    String folder() {
        return path.substring(0, Math.max(path.lastIndexOf('/'), 0));
    }

    String text() {
        return text;
    }

    List<String> lines() {
        return text.lines().toList();
    }

    List<Secrets.Place> secrets() {
        return secrets;
    }

    Optional<FileLanguage> language() {
        return language;
    }

    boolean isIn(FileLanguage... languages) {
        return language.filter(Arrays.asList(languages)::contains).isPresent();
    }

    boolean isCode() {
        return language.filter(FileLanguage::isProgramming).isPresent();
    }

    boolean isTest() {
        return isTest;
    }

    /** The text without comments and strings. */
    CodeText.Stripped code() {
        if (code == null) {
            code = CodeText.strip(text, language);
        }
        return code;
    }

    /** The line of a place in the text, from 1. */
    int lineAt(int offset) {
        int line = 1;
        for (int at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
            line++;
        }
        return line;
    }

    Evidence evidence(int offset, String detail) {
        return new Evidence(path, lineAt(offset), detail);
    }
}
