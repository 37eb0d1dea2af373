package dev.howdah.bench;

import java.util.regex.Pattern;

/** Answers of A2A's JSON-RPC binding; looked at as text, which costs the client less than to read them. */
final class A2aAnswers {
    private static final Pattern TASK = Pattern
            .compile("\"task\":\\{(?:\"contextId\":\"[^\"]*\",)?\"id\":\"([^\"]*)\"");

    private A2aAnswers() {}

    /** The task that is answered. */
    static String taskId(String answer) {
        var found = TASK.matcher(answer);
        if (!found.find()) {
            throw new IllegalStateException("no task is answered: " + answer);
        }
        return found.group(1);
    }

    static boolean isCompleted(String answer) {
        return answer.contains("\"TASK_STATE_COMPLETED\"");
    }

    /**
     * Checks what is answered to a message whose task has ended.
     *
     * @throws IllegalStateException if it is something else
     */
    static void checkCompleted(String answer) {
        if (!isCompleted(answer)) {
            throw new IllegalStateException("a task is not completed: " + answer);
        }
    }
}
