/** A2A 1.0 over HTTP: the JSON-RPC and HTTP+JSON bindings, and the tasks of a gateway that came before them. */
@NullMarked
package dev.howdah.server.a2a;

import org.jspecify.annotations.NullMarked;
