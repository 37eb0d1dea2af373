/** The Agent Card of A2A 1.0: what this agent offers, how it is reached, and signatures by which a card is known to be genuine. */
@NullMarked
package dev.howdah.agent.card;

import org.jspecify.annotations.NullMarked;
