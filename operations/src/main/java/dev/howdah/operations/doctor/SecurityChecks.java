package dev.howdah.operations.doctor;

import java.util.List;

/** Roles, passwords, encryption. */
final class SecurityChecks {
    static final String ROLE = """
        SELECT 'role ' || rolname AS object,
               concat_ws(', ', CASE WHEN rolsuper THEN 'superuser' END, CASE WHEN rolbypassrls THEN 'bypasses row security' END)
               AS may,
               format('CREATE ROLE howdah_app LOGIN; GRANT CREATE, USAGE ON SCHEMA %I TO howdah_app; -- and use it, or: '
                      || 'ALTER ROLE %I NOSUPERUSER NOBYPASSRLS', current_schema(), rolname) AS fix
          FROM pg_roles
         WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
         LIMIT :findingsMax
        """;
    static final String PUBLIC_SCHEMA = """
        SELECT 'schema ' || nspname AS object, 'everybody' AS who,
               format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC;', nspname) AS fix
          FROM pg_namespace
         WHERE nspname IN ('public', current_schema()) AND has_schema_privilege('public', oid, 'CREATE')
         LIMIT :findingsMax
        """;
    static final String PASSWORDS = """
        SELECT 'password_encryption' AS object, setting,
               'ALTER SYSTEM SET password_encryption = ''scram-sha-256''; SELECT pg_reload_conf();' AS fix
          FROM pg_settings
         WHERE name = 'password_encryption' AND setting <> 'scram-sha-256'
         LIMIT :findingsMax
        """;
    static final String ENCRYPTION = """
        SELECT host(a.client_addr) AS object, count(*) AS connections, string_agg(DISTINCT a.usename::text, ', ') AS roles,
               'add ?sslmode=verify-full to the URL of the database, and say hostssl instead of host in pg_hba.conf' AS fix
          FROM pg_stat_ssl s
          JOIN pg_stat_activity a ON a.pid = s.pid
         WHERE a.datname = current_database() AND NOT s.ssl AND a.client_addr IS NOT NULL
           AND NOT a.client_addr <<= '127.0.0.0/8'::inet AND a.client_addr <> '::1'::inet
         GROUP BY a.client_addr
         ORDER BY count(*) DESC
         LIMIT :findingsMax
        """;

    private SecurityChecks() {}

    static List<Check> of(Catalog catalog) {
        return List.of(
                catalog.check(new Topic("role", Area.SECURITY, "Howdah's role is no superuser",
                        "A superuser reads every database and file of the server; what it needs is its own schema.",
                        "use a role that owns its schema and nothing else"), ROLE).fixedBy(Fix.Kind.REVIEW),
                catalog.check(new Topic("public-schema", Area.SECURITY, "not everybody may make objects",
                        "Who may make a function in a schema of the search path may have others run it.",
                        "revoke the right; since PostgreSQL 15 new databases are made so"), PUBLIC_SCHEMA),
                catalog.check(new Topic("passwords", Area.SECURITY, "passwords are stored by SCRAM",
                        "MD5 hashes can be used to log in, and are about to be dropped.",
                        "change password_encryption, and set every password anew"), PASSWORDS),
                catalog.check(new Topic("encryption", Area.SECURITY, "connections from elsewhere are encrypted",
                        "Passwords are not sent in the clear, but data are.",
                        "require TLS on both ends"), ENCRYPTION).fixedBy(Fix.Kind.COMMAND).seeingOthers());
    }
}
