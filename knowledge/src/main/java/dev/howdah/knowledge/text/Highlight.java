package dev.howdah.knowledge.text;

/**
 * How a hit is shown. Both are HTML: escaped, with {@code <mark>} around what was asked for.
 *
 * @param title the whole title
 * @param snippet up to two pieces of the text of some ten words; its beginning if nothing in it was asked for
 */
public record Highlight(String title, String snippet) {
    private static final char START = 1;
    private static final char STOP = 2;

    /** From what the database marked with characters that no text has. */
    static Highlight of(String title, String snippet) {
        return new Highlight(html(title), html(snippet));
    }

    private static String html(String marked) {
        var html = new StringBuilder(marked.length() + 32);
        for (int i = 0; i < marked.length(); i++) {
            char c = marked.charAt(i);
            switch (c) {
                case START -> html.append("<mark>");
                case STOP -> html.append("</mark>");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '&' -> html.append("&amp;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.append(c);
            }
        }
        return html.toString();
    }
}
