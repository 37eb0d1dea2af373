package dev.howdah.server.a2a;

import dev.howdah.agent.a2a.A2aSettings;
import dev.howdah.agent.a2a.DeclaredOperations;
import dev.howdah.agent.a2a.ExtendedCard;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Wires A2A over HTTP. It needs {@link DeclaredOperations} and {@link A2aSettings}, and an {@link ExtendedCard} if there is one. */
@Configuration(proxyBeanMethods = false)
@Import({JsonRpcController.class, HttpJsonController.class, GatewayController.class})
public class A2aConfiguration {
    @Bean
    OpenCalls openCalls(A2aSettings settings) {
        return new OpenCalls(settings.streamsMax());
    }

    @Bean
    LiveEvents liveEvents(OpenCalls open) {
        return new LiveEvents(open);
    }

    @Bean
    Binding binding(DeclaredOperations operations, ObjectProvider<ExtendedCard> card, OpenCalls open,
            A2aSettings settings) {
        return new Binding(new Calls(operations, card.getIfAvailable(ExtendedCard::undeclared)), open, settings);
    }
}
