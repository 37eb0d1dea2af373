package dev.howdah.bench;

/** What a peer must be able to do with workflows of no-op steps, each durable before the next one begins. */
interface WorkflowPeer extends AutoCloseable {
    /** Runs a workflow with so many steps; returns when it has ended. */
    void run(int steps);

    @Override
    void close();
}
