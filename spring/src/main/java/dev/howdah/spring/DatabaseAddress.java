package dev.howdah.spring;

/**
 * Where the application's own database is.
 *
 * @param url of JDBC
 */
record DatabaseAddress(String url, String user, String password) {
    boolean isPostgres() {
        return url.startsWith("jdbc:postgresql:");
    }

    @Override
    public String toString() {
        return url; // never the password
    }
}
