/** The server: REST, A2A, health, metrics and the console on one port. */
@NullMarked
package dev.howdah.server;

import org.jspecify.annotations.NullMarked;
