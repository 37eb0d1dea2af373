/** Benchmarks. */
@NullMarked
package dev.howdah.bench;

import org.jspecify.annotations.NullMarked;
