package dev.howdah.agent.a2a;

/**
 * The operations of A2A 1.0, as every binding offers them (section 3.1). All of them throw {@link A2aException} for what
 * the protocol refuses, {@link dev.howdah.postgres.InvalidInputException} for what is wrong with a request, and
 * {@link dev.howdah.postgres.UnavailableException} while the database cannot be reached. What belongs to another caller
 * looks as if it were not there. Thread-safe.
 */
public interface A2aOperations {
    /**
     * Takes a message, and waits for the outcome unless the request says otherwise. The same message sent again answers
     * with the task that it began.
     *
     * @return a {@link Task}, or a {@link Message} if the agent answers without a task
     */
    StreamItem send(Caller caller, SendMessageRequest request) throws InterruptedException;

    /** The same, answering with what happens. */
    TaskStream stream(Caller caller, SendMessageRequest request);

    /** What happens in a task that is under way. */
    TaskStream subscribe(Caller caller, String taskId);

    Task get(Caller caller, GetTaskRequest request);

    TaskPage list(Caller caller, ListTasksRequest request);

    /** Ends a task; its handler is interrupted, wherever it runs. */
    Task cancel(Caller caller, String taskId);

    PushConfig createPushConfig(Caller caller, PushConfig config);

    PushConfig getPushConfig(Caller caller, String taskId, String id);

    /**
     * The places that events of a task are posted to.
     *
     * @param pageSize 0 for the usual number
     */
    PushConfigPage listPushConfigs(Caller caller, String taskId, int pageSize, String pageToken);

    /** Deleting what is not there is no error, as long as the task is. */
    void deletePushConfig(Caller caller, String taskId, String id);
}
