/** Vectors of texts: models behind {@link dev.howdah.knowledge.embedding.EmbeddingModel}, and what they made before. */
@NullMarked
package dev.howdah.knowledge.embedding;

import org.jspecify.annotations.NullMarked;
