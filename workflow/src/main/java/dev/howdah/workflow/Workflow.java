package dev.howdah.workflow;

/**
 * A durable program: plain Java whose finished steps are kept, so that after a crash, a deployment or a long wait it is
 * run again from the top and gets from its history what it had done before.
 *
 * <pre>{@code
 * Workflow<Order, Receipt> checkout = (workflow, order) -> {
 *     var payment = workflow.step("charge", () -> payments.charge(order), Payment.class);
 *     workflow.sleep("cool-down", Duration.ofDays(14));
 *     return workflow.step("ship", () -> shipping.send(order, payment), Receipt.class);
 * };
 * }</pre>
 *
 * <p>What it does between steps has to come out the same each time: time, chance and the outside world only through the
 * {@link WorkflowContext} or inside steps. A step may be run again after a crash before its result was stored.
 *
 * @param <I> what it is started with
 * @param <O> what it returns; both as JSON
 */
@FunctionalInterface
public interface Workflow<I, O> {
    /** Runs on a virtual thread, which is interrupted when the execution is cancelled. */
    O run(WorkflowContext context, I input) throws Exception;
}
