/** Cards that describe models: what they can do, what they take and give, what they cost; with every version kept. */
@NullMarked
package dev.howdah.agent.modelcard;

import org.jspecify.annotations.NullMarked;
