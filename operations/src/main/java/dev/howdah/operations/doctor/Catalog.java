package dev.howdah.operations.doctor;

import dev.howdah.postgres.Database;

/** Makes checks of one database's catalogue. */
record Catalog(Database database, DoctorLimits limits) {
    CatalogCheck check(Topic topic, String sql) {
        return new CatalogCheck(topic, database, limits, sql);
    }
}
