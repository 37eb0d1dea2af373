/** Howdah's caches behind Spring's annotations: {@code @Cacheable}, {@code @CachePut}, {@code @CacheEvict}. */
@NullMarked
package dev.howdah.spring.cache;

import org.jspecify.annotations.NullMarked;
