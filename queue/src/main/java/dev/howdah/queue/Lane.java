package dev.howdah.queue;

/** The tasks of one priority in a queue: claimed in the order of their positions. */
record Lane(String queue, int priority) {
    static Lane of(NewTask task) {
        return new Lane(task.queue(), task.priority());
    }
}
