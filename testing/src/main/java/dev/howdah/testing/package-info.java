/** For tests of services that use the libraries. */
@NullMarked
package dev.howdah.testing;

import org.jspecify.annotations.NullMarked;
