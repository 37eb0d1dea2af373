package dev.howdah.operations.doctor;

import java.util.Optional;

/**
 * One thing that is wrong.
 *
 * @param status how bad it is
 * @param object what it is about: an index, a table, a process, a setting
 * @param facts what was measured
 * @param fix what to do about this object
 */
public record Finding(CheckStatus status, String object, Facts facts, Optional<Fix> fix) {}
