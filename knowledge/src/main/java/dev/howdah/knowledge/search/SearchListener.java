package dev.howdah.knowledge.search;

import java.time.Duration;

/** Hears of every question that was answered; called on the thread that asked, to be done in a microsecond. */
public interface SearchListener {
    /** It took so long, the making of the question's vector included. */
    void answered(SearchAnswer answer, Duration time);
}
