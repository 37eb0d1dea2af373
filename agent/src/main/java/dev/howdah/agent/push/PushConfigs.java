package dev.howdah.agent.push;

import static dev.howdah.agent.push.PushConfigsSql.*;

import dev.howdah.agent.a2a.A2aException;
import dev.howdah.agent.a2a.PushConfig;
import dev.howdah.agent.a2a.PushConfigPage;
import dev.howdah.agent.http.OutboundAddress;
import dev.howdah.agent.http.OutboundHttp;
import dev.howdah.postgres.Database;
import dev.howdah.postgres.InvalidInputException;
import dev.howdah.postgres.InvalidInputException.Fault;
import dev.howdah.postgres.LimitExceededException;
import dev.howdah.postgres.Transaction;
import dev.howdah.postgres.Uuids;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** The places that events of tasks are posted to. Callers have checked whom the task belongs to. Thread-safe. */
final class PushConfigs {
    /** Places of one task. */
    static final int CONFIGS_MAX = 20;
    /** Places on a page. */
    static final int PAGE_MAX = 100;

    private static final int PAGE_DEFAULT = 50;
    private static final Pattern ID = Pattern.compile("[\\x21-\\x7E]{1,200}");
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    private static final Pattern SECRET = Pattern.compile("[\\x20-\\x7E]{0,4000}");

    private final Database database;
    private final OutboundHttp http;
    private final PushSecrets secrets;

    PushConfigs(Database database, OutboundHttp http, PushSecrets secrets) {
        this.database = database;
        this.http = http;
        this.secrets = secrets;
    }

    /** See {@link Push#put}. */
    PushConfig put(Transaction tx, UUID taskId, PushConfig config) {
        var id = config.id().isEmpty() ? Uuids.next().toString() : config.id();
        check(id, config);
        var address = OutboundAddress.of(config.url());
        http.check(address);
        var token = secrets.seal("token", config.token());
        var authentication = config.authentication();
        var credentials = secrets.seal("authentication.credentials",
                authentication.flatMap(PushConfig.Authentication::credentials));
        lock(tx.handle(), taskId);
        limit(tx.handle(), taskId, id);
        tx.handle().createUpdate(PUT).bind("task", taskId).bind("id", id).bind("url", config.url())
                .bind("endpoint", address.origin()).bind("token", token)
                .bind("scheme", authentication.map(PushConfig.Authentication::scheme).orElse(null))
                .bind("credentials", credentials).execute();
        return new PushConfig(id, taskId.toString(), config.url(), config.token(), authentication);
    }

    /** See {@link Push#find}. */
    Optional<PushConfig> find(UUID taskId, String id) {
        return database.read(handle -> handle.createQuery(GET).bind("task", taskId).bind("id", id)
                .map((row, context) -> read(row)).findOne());
    }

    /** See {@link Push#list}. */
    PushConfigPage list(UUID taskId, int pageSize, String pageToken) {
        if (pageSize < 0 || pageSize > PAGE_MAX) {
            throw new InvalidInputException("push-config-invalid", "pageSize", pageSize + " is out of range",
                    "use 1 to " + PAGE_MAX);
        }
        int limit = pageSize == 0 ? PAGE_DEFAULT : pageSize;
        var after = after(pageToken);
        var found = database.<List<PushConfig>>read(handle -> handle.createQuery(LIST).bind("task", taskId)
                .bind("after", after).bind("limit", limit + 1).map((row, context) -> read(row)).list());
        var page = found.subList(0, Math.min(limit, found.size()));
        return new PushConfigPage(page, found.size() <= limit
                ? ""
                : Base64.getUrlEncoder().withoutPadding()
                        .encodeToString(page.getLast().id().getBytes(StandardCharsets.UTF_8)));
    }

    /** See {@link Push#delete}. */
    void delete(UUID taskId, String id) {
        database.useTransaction(tx -> {
            lock(tx.handle(), taskId);
            tx.handle().createUpdate(DELETE).bind("task", taskId).bind("id", id).execute();
            tx.handle().createUpdate(DISCARD_PENDING).bind("task", taskId).bind("id", id).execute();
        });
    }

    private static void check(String id, PushConfig config) {
        var faults = new ArrayList<Fault>();
        check(faults, "id", ID, Optional.of(id), "use at most 200 printable ASCII characters without spaces");
        check(faults, "token", SECRET, config.token(), "use at most 4000 printable ASCII characters");
        config.authentication().ifPresent(authentication -> {
            check(faults, "authentication.scheme", SCHEME, Optional.of(authentication.scheme()),
                    "use a scheme of HTTP authentication, such as Bearer");
            check(faults, "authentication.credentials", SECRET, authentication.credentials(),
                    "use at most 4000 printable ASCII characters");
        });
        if (!faults.isEmpty()) {
            throw new InvalidInputException("push-config-invalid", faults);
        }
    }

    /** The value is not repeated: it may be secret. */
    private static void check(List<Fault> faults, String field, Pattern pattern, Optional<String> value,
            String remedy) {
        if (value.isPresent() && !pattern.matcher(value.get()).matches()) {
            faults.add(new Fault(field, "cannot be sent in a header", remedy));
        }
    }

    private static void lock(Handle handle, UUID task) {
        if (handle.createQuery(LOCK_TASK).bind("task", task).mapTo(UUID.class).findOne().isEmpty()) {
            throw A2aException.taskNotFound(task.toString());
        }
    }

    private static void limit(Handle handle, UUID task, String id) {
        if (handle.createQuery(COUNT_OTHERS).bind("task", task).bind("id", id).mapTo(Long.class)
                .one() >= CONFIGS_MAX) {
            throw new LimitExceededException("push-configs-full", "task " + task + " has " + CONFIGS_MAX
                    + " push notification configs already", "delete one of them");
        }
    }

    private static String after(String pageToken) {
        try {
            var id = new String(Base64.getUrlDecoder().decode(pageToken), StandardCharsets.UTF_8);
            if (id.isEmpty() || ID.matcher(id).matches()) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // falls through to the one message
        }
        throw new InvalidInputException("push-config-invalid", "pageToken", "is none that this server gave",
                "use nextPageToken of the page before, or none");
    }

    private PushConfig read(ResultSet row) throws SQLException {
        return new PushConfig(row.getString("id"), row.getString("task_id"), row.getString("url"),
                secrets.open(row.getString("token")), Optional.ofNullable(row.getString("scheme"))
                        .map(scheme -> new PushConfig.Authentication(scheme, Optional.empty())));
    }
}
