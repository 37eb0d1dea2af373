package dev.howdah.spring;

import dev.howdah.postgres.Database;
import java.util.List;
import java.util.TreeSet;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** An application that has few libraries; run by a class loader that knows no others. */
@SpringBootConfiguration
@EnableAutoConfiguration
public class BareApplication {
    /** Starts it, enqueues a task and names the modules whose tables it has. */
    public static String run(String... arguments) {
        try (var context = new SpringApplicationBuilder(BareApplication.class).web(WebApplicationType.NONE)
                .run(arguments)) {
            var id = context.getBean(Tasks.class).enqueue("greet", List.of());
            context.getBean(Database.class)
                    .withHandle(handle -> handle.createQuery("SELECT id FROM tasks WHERE id = :id")
                            .bind("id", id).mapTo(String.class).one());
            return String.join(" ", new TreeSet<>(context.getBeansOfType(HowdahModule.class).values().stream()
                    .map(HowdahModule::name).toList()));
        }
    }
}
