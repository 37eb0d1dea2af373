package dev.howdah.knowledge.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What is done with text that people wrote: cutting, first sentences, words. */
final class Prose {
    private static final Pattern SENTENCE = Pattern
            .compile("(?s)^(.{1,1000}?(?<!e\\.g|i\\.e|etc|vs|cf)[.!?])(?:\\s+[\\p{Lu}\\p{N}{(<`*]|\\s*$)");
    private static final Pattern TAG = Pattern.compile("\\{@\\w+\\s+([^}]*)}");
    private static final Pattern HTML = Pattern.compile("</?[a-zA-Z][^>]{0,300}>|<!--.{0,2000}?-->", Pattern.DOTALL);
    private static final Pattern MARKDOWN_LINK = Pattern.compile("!?\\[([^\\]]{0,300})]\\([^)]{0,500}\\)");
    private static final Pattern EMPHASIS = Pattern.compile("(?<![\\w*])\\*([^*\\s][^*]{0,300})\\*(?![\\w*])");
    /** Names whose capitals do not part words. */
    private static final Pattern ONE_WORD = Pattern
            .compile("PostgreSQL|MySQL|GraphQL|GitHub|GitLab|OpenAPI|WebSocket|JavaScript|TypeScript|MongoDB|OAuth");
    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern WORD = Pattern.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+");
    private static final int WORD_CHARS_MIN = 3;
    private static final int WORD_CHARS_MAX = 40;
    /** Words of English and of programming that say nothing about what a thing is for. */
    private static final Set<String> STOP_WORDS = Set.of("""
        about above abstract add added adds after again all already also although always among and another
        answer answers any anything are around array asked available base based because been before being below
        beside besides between boolean both but byte bytes call called calling calls came can cannot change
        changes char check class code com come comes config const contains could create created creates current
        data def default dev did different does doing done down dto each either else empty end ends enum error
        even every everything example examples exception export extends false few field file files final first
        float for found from full func function get gets getter give given gives goes going got had handle
        handler has have having helper here hold holds how however html http https impl implements import info
        init input instance int integer interface internal into item items its itself java javascript just keep
        keeps kept kind kinds know known knows kotlin lang last later least less let lib like line lines list
        local long look looks lot made main make makes many map max may means method might min model module more
        most much must name names need needs neither never new next nobody non none nor not note nothing now
        null number object objects off often old once one ones only onto option optional options org other
        others otherwise our out output over own package param parameter parameters params part path per pre
        private process protected provide provides public put python read readme reads record result return
        returned returns right run said same saw say says see seen set setter settings several shall she should
        show shows simple since size small some something source specific src start started starts state static
        still string struct sub such support sure take taken takes tell tells test tests text than that the
        their them then there these they thing things this those though three through thus till time times told
        too true two type types typescript undefined under unless until upon use used user uses using util utils
        val value values var variable very void was way ways well were what when where whether which while who
        whole whom whose why will with within without would write writes written www yes yet you your zero
        """.strip().split("\\s+", -1));

    private Prose() {}

    /** At most so many characters, with an ellipsis if there were more; never half a character. */
    static String cut(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(charsMax - 2)) ? charsMax - 2 : charsMax - 1;
        return text.substring(0, end) + "…";
    }

    /** On one line, with single spaces. */
    static String oneLine(String text) {
        return SPACE.matcher(text).replaceAll(" ").strip();
    }

    /** A doc comment or Markdown as plain text on one line. */
    static String plain(String text) {
        var untagged = TAG.matcher(text).replaceAll("$1");
        var unlinked = MARKDOWN_LINK.matcher(HTML.matcher(untagged).replaceAll(" ")).replaceAll("$1");
        var unstressed = EMPHASIS.matcher(unlinked.replace("**", "")).replaceAll("$1");
        return oneLine(unstressed.replace("__", "").replace("&lt;", "<").replace("&gt;", ">")
                .replace("&amp;", "&"));
    }

    /** The first sentence of plain text; all of it if no sentence ends. */
    static String firstSentence(String text, int charsMax) {
        var start = cut(text, 2_000);
        var matcher = SENTENCE.matcher(start);
        return cut(matcher.find() ? matcher.group(1) : start, charsMax);
    }

    /** The telling words of a name in any case or of a text, in lower case, with repetitions. */
    static List<String> words(String text) {
        var words = new ArrayList<String>();
        var whole = ONE_WORD.matcher(text).replaceAll(match -> match.group().toLowerCase(Locale.ROOT));
        WORD.matcher(whole).results().map(match -> match.group().toLowerCase(Locale.ROOT))
                .filter(word -> word.length() >= WORD_CHARS_MIN && word.length() <= WORD_CHARS_MAX)
                .filter(word -> !STOP_WORDS.contains(word)).forEach(words::add);
        return words;
    }
}
