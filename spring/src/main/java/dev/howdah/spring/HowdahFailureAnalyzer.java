package dev.howdah.spring;

import dev.howdah.postgres.HowdahException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what is wrong and what helps, in place of a stack trace, when an application cannot start because of Howdah. */
public final class HowdahFailureAnalyzer extends AbstractFailureAnalyzer<HowdahException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, HowdahException cause) {
        return new FailureAnalysis(cause.problem(),
                cause.remedy().isEmpty() ? null : cause.remedy(), cause);
    }
}
