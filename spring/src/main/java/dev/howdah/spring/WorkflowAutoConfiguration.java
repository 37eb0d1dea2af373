package dev.howdah.spring;

import dev.howdah.postgres.Database;
import dev.howdah.postgres.Setting;
import dev.howdah.queue.PostgresTaskQueue;
import dev.howdah.workflow.NodeHandler;
import dev.howdah.workflow.Programs;
import dev.howdah.workflow.Upkeep;
import dev.howdah.workflow.Workflow;
import dev.howdah.workflow.WorkflowContext;
import dev.howdah.workflow.WorkflowSchedules;
import dev.howdah.workflow.WorkflowSettings;
import dev.howdah.workflow.Workflows;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Durable programs and workflows. Beans of type {@link NodeHandler} run phases and tasks of the bean's name. */
@AutoConfiguration(after = HowdahAutoConfiguration.class)
@ConditionalOnClass(Workflows.class)
@ConditionalOnBean(PostgresTaskQueue.class)
public final class WorkflowAutoConfiguration {
    @Bean
    HowdahModule howdahWorkflowModule() {
        return new HowdahModule("workflow");
    }

    @Bean
    @ConditionalOnMissingBean
    WorkflowSettings howdahWorkflowSettings(SpringSettings settings) {
        return settings.read(WorkflowSettings::from);
    }

    @Bean
    @ConditionalOnMissingBean
    Programs howdahPrograms(Database database, PostgresTaskQueue queue, WorkflowSettings settings) {
        return new Programs(database, queue, settings);
    }

    @Bean
    @ConditionalOnMissingBean
    Workflows howdahWorkflows(Database database, PostgresTaskQueue queue, WorkflowSettings settings,
            Map<String, NodeHandler> nodes) {
        return Workflows.open(database, queue, settings, nodes, Map.of());
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    @ConditionalOnMissingBean
    Upkeep howdahWorkflowUpkeep(Workflows workflows) {
        return workflows.upkeep();
    }

    @Bean
    @ConditionalOnMissingBean
    WorkflowSchedules howdahWorkflowSchedules(Database database, PostgresTaskQueue queue, Workflows workflows) {
        return new WorkflowSchedules(database, queue, workflows);
    }

    /** Once: a worker may be stopped and started again. */
    @Bean
    SmartInitializingSingleton howdahWorkflowMethods(ConfigurableListableBeanFactory beans, Programs programs,
            ObjectProvider<JsonMapper> mapper) {
        return () -> AnnotatedMethod.find(beans, RunsWorkflow.class, WorkflowContext.class)
                .forEach(method -> register(programs, method, Objects.requireNonNullElse(
                        beans.resolveEmbeddedValue(method.annotation().timeout()), ""),
                        mapper.getIfUnique(JsonMapper::shared)));
    }

    @Bean
    TaskHandlers howdahWorkflowHandlers(Programs programs, Workflows workflows, WorkflowSchedules schedules) {
        return () -> {
            var handlers = new HashMap<>(workflows.handlers());
            handlers.putAll(schedules.handlers());
            handlers.putAll(programs.handlers());
            return handlers;
        };
    }

    private static void register(Programs programs, AnnotatedMethod<RunsWorkflow> method, String timeout,
            JsonMapper mapper) {
        var name = method.annotation().value();
        Workflow<JsonNode, JsonNode> workflow = (context, input) -> Optional.ofNullable(
                method.call(context, input, mapper)).map(result -> mapper.<JsonNode>valueToTree(result))
                .orElseGet(mapper::createObjectNode);
        if (timeout.isBlank()) {
            programs.register(name, workflow);
        } else {
            programs.register(name, JsonNode.class, Setting.parseDuration(timeout), workflow);
        }
    }
}
