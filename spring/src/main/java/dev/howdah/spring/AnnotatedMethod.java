package dev.howdah.spring;

import dev.howdah.postgres.ConfigurationException;
import dev.howdah.postgres.InvalidInputException;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ReflectionUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A method of a bean that is called with what runs it (a task's run, a workflow's context) and with JSON.
 *
 * @param <A> what marks it
 * @param method of the bean or of its proxy
 * @param context the class of what runs it
 */
record AnnotatedMethod<A extends Annotation>(Object bean, Method method, A annotation, Class<?> context) {
    AnnotatedMethod {
        var others = Arrays.stream(method.getParameterTypes()).filter(type -> type != context).count();
        if (others > 1 || method.getParameterCount() - others > 1) {
            throw new ConfigurationException(
                    List.of(method + " takes too much; let it take at most the payload and the "
                            + context.getSimpleName()));
        }
        method.trySetAccessible();
    }

    /** All of the beans, which are made for it. */
    static <A extends Annotation> List<AnnotatedMethod<A>> find(ConfigurableListableBeanFactory beans, Class<A> marked,
            Class<?> context) {
        var found = new ArrayList<AnnotatedMethod<A>>();
        for (var name : beans.getBeanDefinitionNames()) {
            var type = AutoProxyUtils.determineTargetClass(beans, name);
            if (type == null || type.getName().startsWith("org.springframework.")) {
                continue;
            }
            for (var method : MethodIntrospector.selectMethods(type,
                    (ReflectionUtils.MethodFilter) each -> AnnotatedElementUtils.hasAnnotation(each, marked))) {
                var bean = beans.getBean(name);
                found.add(new AnnotatedMethod<>(bean, AopUtils.selectInvocableMethod(method, bean.getClass()),
                        Objects.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(method, marked)), context));
            }
        }
        return found;
    }

    /** The class of what comes as JSON; absent if it takes none. */
    Optional<Class<?>> input() {
        return Arrays.<Class<?>>stream(method.getParameterTypes()).filter(type -> type != context).findFirst();
    }

    /**
     * Calls it.
     *
     * @throws InvalidInputException if the JSON is none of the class
     * @throws Exception what the method throws
     */
    @Nullable
    Object call(Object run, JsonNode json, JsonMapper mapper) throws Exception {
        var arguments = new @Nullable Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            var parameter = method.getParameters()[i];
            arguments[i] = parameter.getType() == context
                    ? run
                    : read(json, mapper, parameter.getParameterizedType());
        }
        try {
            return method.invoke(bean, arguments);
        } catch (InvocationTargetException e) {
            throw unwrapped(e);
        }
    }

    private static Exception unwrapped(InvocationTargetException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof Exception cause ? cause : e;
    }

    private @Nullable Object read(JsonNode json, JsonMapper mapper, java.lang.reflect.Type type) {
        try {
            return mapper.treeToValue(json, mapper.constructType(type));
        } catch (JacksonException e) {
            throw new InvalidInputException("payload-not-of-type", "payload", "is no " + type.getTypeName() + ": "
                    + e.getOriginalMessage(), "enqueue what " + method.getName() + " takes");
        }
    }
}
