package dev.howdah.server;

import dev.howdah.postgres.Configuration.Effective;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What this server was started with, and whom it knows. */
@RestController
@Tag(name = "Service")
final class SettingsController {
    private final Howdah howdah;
    private final ApiKeys keys;

    SettingsController(Howdah howdah, ApiKeys keys) {
        this.howdah = howdah;
        this.keys = keys;
    }

    record ConfiguredView(String name, String value, String source, String variable, String defaultValue,
            boolean secret,
            String description) {
        static ConfiguredView of(Effective effective) {
            var setting = effective.setting();
            return new ConfiguredView(setting.name(), effective.text(), effective.source(), setting.variable(),
                    setting.defaultText(), setting.secret(), setting.description());
        }
    }

    record ConfigurationView(String version, String caller, boolean keyRequired, List<String> keyOwners,
            List<ConfiguredView> items) {}

    @GetMapping("/api/settings")
    @Operation(summary = "Every setting in force with its source, secrets masked; the owners of API keys, and who asks")
    ConfigurationView settings(HttpServletRequest request) {
        var caller = Optional.ofNullable(request.getUserPrincipal()).map(Principal::getName).orElse(ApiKeys.LOCAL);
        return new ConfigurationView(HowdahServer.version(), caller, keys.isConfigured(), keys.owners(),
                howdah.settings().effective().stream().map(ConfiguredView::of).toList());
    }
}
