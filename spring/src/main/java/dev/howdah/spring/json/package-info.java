/** Objects of any class as JSON. */
@NullMarked
package dev.howdah.spring.json;

import org.jspecify.annotations.NullMarked;
