package dev.howdah.cli;

import dev.howdah.operations.imports.ImportProgress;
import java.io.PrintWriter;

/** Shows how an import goes on. */
final class ImportProgressLine implements ImportProgress {
    private final ProgressLine line;

    ImportProgressLine(PrintWriter out, boolean isTerminal) {
        this.line = new ProgressLine(out, isTerminal);
    }

    @Override
    public void step(Step step) {
        line.show(step.phase(), step.done(), step.total(), step.part() + " written " + step.report().written());
    }

    /** Removes the bar. */
    void end() {
        line.end();
    }
}
