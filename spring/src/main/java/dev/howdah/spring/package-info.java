/** Howdah's libraries in a Spring Boot application. */
@NullMarked
package dev.howdah.spring;

import org.jspecify.annotations.NullMarked;
