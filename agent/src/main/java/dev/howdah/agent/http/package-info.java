/** Requests to addresses that strangers gave: no answer comes from inside the network unless the settings allow it. */
@NullMarked
package dev.howdah.agent.http;

import org.jspecify.annotations.NullMarked;
