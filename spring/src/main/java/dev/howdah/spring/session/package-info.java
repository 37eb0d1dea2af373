/** Spring Session over Howdah's sessions: HTTP sessions that outlive the process, with ids that no copy of the database gives away. */
@NullMarked
package dev.howdah.spring.session;

import org.jspecify.annotations.NullMarked;
