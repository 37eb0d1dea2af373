/** Nearest vectors: {@link dev.howdah.knowledge.vector.VectorIndex} is the contract, with and without pgvector. */
@NullMarked
package dev.howdah.knowledge.vector;

import org.jspecify.annotations.NullMarked;
