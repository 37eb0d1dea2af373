package dev.howdah.agent.a2a;

import java.util.OptionalInt;

/**
 * Which task, and how much of it.
 *
 * @param historyLength at most so many of its latest messages, 0 for none; absent for the server's usual number
 */
public record GetTaskRequest(String id, OptionalInt historyLength) {}
