package dev.howdah.agent.mcp;

/**
 * Who calls.
 *
 * @param principal whom tasks belong to
 * @param authenticated whether an API key was shown
 */
public record McpCaller(String principal, boolean authenticated) {}
