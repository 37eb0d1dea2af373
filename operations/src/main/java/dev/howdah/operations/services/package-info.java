/** Whether each service that a Howdah consists of or uses is there: one line for each. */
@NullMarked
package dev.howdah.operations.services;

import org.jspecify.annotations.NullMarked;
