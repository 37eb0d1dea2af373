/**
 * Deterministic analysis of a Git repository: what it is made of, how it is built, tested, deployed and documented, which
 * parts are worth reusing, and which patterns and decisions it holds. Nothing is stored and no network is used.
 */
@NullMarked
package dev.howdah.knowledge.scan;

import org.jspecify.annotations.NullMarked;
