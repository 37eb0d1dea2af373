package dev.howdah.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a bean that runs the tasks of a type. It may take the payload, as any class that Jackson makes of it, and the
 * {@link dev.howdah.queue.TaskRun}, in any order; what it returns is stored as the task's result. An exception fails the attempt, as
 * with a {@link dev.howdah.queue.TaskHandler}.
 *
 * <pre>{@code
 * @HandlesTask("send-invoice")
 * Receipt send(Invoice invoice) { … }
 *
 * @HandlesTask(value = "clean-up", cron = "30 2 * * *", zone = "Europe/Berlin")
 * void cleanUp() { … }
 * }</pre>
 *
 * All texts may have placeholders such as <code>${clean-up.cron}</code>.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface HandlesTask {
    /** The type of the tasks. */
    String value();

    /**
     * Five fields: the task is enqueued whenever they say, once however many processes there are. The schedule has the type's name, and
     * stays when the method is gone: delete it then.
     */
    String cron() default "";

    /** Instead of {@link #cron}: an interval such as {@code 15m}. */
    String every() default "";

    /** In which {@link #cron} is meant. */
    String zone() default "UTC";
}
