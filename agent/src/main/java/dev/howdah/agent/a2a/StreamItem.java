package dev.howdah.agent.a2a;

/** What streams and push notifications carry: a task as it stands, what happened in it, or a message instead of a task. */
public sealed interface StreamItem permits Task, Message, StatusUpdate, ArtifactUpdate {}
