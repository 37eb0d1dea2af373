/** What the public conformance kits ask an agent to have. Only registered in the profile "conformance". */
@NullMarked
package dev.howdah.agent.conformance;

import org.jspecify.annotations.NullMarked;
