/** A2A 1.0 without a framework: its values, their ProtoJSON, its errors, and the operations that all bindings offer. */
@NullMarked
package dev.howdah.agent.a2a;

import org.jspecify.annotations.NullMarked;
