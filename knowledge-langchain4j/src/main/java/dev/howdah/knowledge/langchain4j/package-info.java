/** LangChain4j on Howdah: {@link dev.howdah.knowledge.langchain4j.HowdahEmbeddingStore}. */
@NullMarked
package dev.howdah.knowledge.langchain4j;

import org.jspecify.annotations.NullMarked;
