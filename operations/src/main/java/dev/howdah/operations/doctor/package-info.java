/** What is wrong with a database, or will be, and what to do about it: checks by area, each with findings and their fix. */
@NullMarked
package dev.howdah.operations.doctor;

import org.jspecify.annotations.NullMarked;
