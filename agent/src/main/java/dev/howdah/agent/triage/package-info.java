/** Works out what a change in one repository means for another that depends on it. */
@NullMarked
package dev.howdah.agent.triage;

import org.jspecify.annotations.NullMarked;
