package dev.howdah.knowledge.text;

/**
 * What a question asks for.
 *
 * @param text the term as it is indexed
 * @param count how often the question has it; a fraction if it merely resembles a word of it
 */
record Term(String text, double count) {}
