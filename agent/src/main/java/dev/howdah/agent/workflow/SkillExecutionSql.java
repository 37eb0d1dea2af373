package dev.howdah.agent.workflow;

/** Which execution a task of the queue waits for. */
final class SkillExecutionSql {
    static final String FIND = """
        SELECT execution_id
          FROM skill_executions
         WHERE task_id = :task
        """;

    static final String INSERT = """
        INSERT INTO skill_executions (task_id, execution_id)
        VALUES (:task, :execution)
        """;

    static final String DELETE = """
        DELETE FROM skill_executions
         WHERE task_id = :task
        """;

    private SkillExecutionSql() {}
}
