/** Caches of Howdah as a JCache (JSR-107) provider. */
@NullMarked
package dev.howdah.cache.jcache;

import org.jspecify.annotations.NullMarked;
