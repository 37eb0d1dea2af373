package dev.howdah.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method of a bean that is a durable {@link dev.howdah.workflow.Workflow}: it takes the
 * {@link dev.howdah.workflow.WorkflowContext} and the input, as any class that Jackson makes of it, and returns the result. Started
 * with {@link dev.howdah.workflow.Programs}.
 *
 * <pre>{@code
 * @RunsWorkflow("checkout")
 * Receipt checkout(WorkflowContext workflow, Order order) {
 *     var payment = workflow.step("charge", () -> payments.charge(order), Payment.class);
 *     return workflow.step("ship", () -> shipping.send(order, payment), Receipt.class);
 * }
 * }</pre>
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface RunsWorkflow {
    /** The program's name. */
    String value();

    /**
     * How long an execution may take, such as {@code 7d}, before it fails; for ever if empty. May have placeholders such as
     * <code>${checkout.timeout}</code>.
     */
    String timeout() default "";
}
