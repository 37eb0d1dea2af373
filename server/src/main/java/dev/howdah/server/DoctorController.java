package dev.howdah.server;

import dev.howdah.operations.doctor.Area;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** What is wrong with this installation and its database. */
@RestController
@Tag(name = "Database")
final class DoctorController {
    private final InstallationDoctor doctor;

    DoctorController(Howdah howdah) {
        this.doctor = howdah.doctor();
    }

    @GetMapping("/api/doctor")
    @Operation(summary = "Every check with its status, findings and fixes; only some areas with area=vacuum,indexes")
    ObjectNode examine(@RequestParam(defaultValue = "") List<String> area) {
        return doctor.examine(area.stream().map(Area::of).toList()).toJson();
    }
}
