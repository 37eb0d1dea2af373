package dev.howdah.knowledge.scan;

/**
 * A type or function at the top level of a file.
 *
 * @param kind class, interface, record, enum, object, function, struct or trait
 * @param start where its declaration begins, in characters of the file
 * @param end where its body ends
 * @param doc its doc comment as plain text; empty if it has none
 */
record Declaration(String kind, String name, boolean isPublic, int start, int end, String doc) {
    boolean isFunction() {
        return kind.equals("function");
    }
}
