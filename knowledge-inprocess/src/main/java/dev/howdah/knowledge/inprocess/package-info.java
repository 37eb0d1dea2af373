/** Embedding models that run in this process: {@link dev.howdah.knowledge.inprocess.InProcessEmbeddings}. */
@NullMarked
package dev.howdah.knowledge.inprocess;

import org.jspecify.annotations.NullMarked;
