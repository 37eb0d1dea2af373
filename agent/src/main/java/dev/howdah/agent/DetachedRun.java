package dev.howdah.agent;

import dev.howdah.agent.a2a.Artifact;
import java.util.Optional;

/** A skill that is called directly, outside of a task. */
enum DetachedRun implements SkillRun {
    INSTANCE;

    @Override
    public void progress(int percent, String message) {}

    @Override
    public void log(String line) {}

    @Override
    public void artifact(Artifact artifact, boolean append, boolean lastChunk) {}

    @Override
    public boolean isStopped() {
        return Thread.currentThread().isInterrupted();
    }

    @Override
    public Optional<Answers> answers() {
        return Optional.empty();
    }
}
