/** The ground floor: databases, transactions, notifications, migrations, the embedded server and query metrics. */
@NullMarked
package dev.howdah.postgres;

import org.jspecify.annotations.NullMarked;
