/** Sessions of users: random ids that are stored hashed, timeouts, rotation, attributes, revocation. */
@NullMarked
package dev.howdah.sessions;

import org.jspecify.annotations.NullMarked;
