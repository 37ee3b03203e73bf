package io.walreceiver.examples.postgres;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server of the tests' own, on a port of its own. Tests are skipped where its programs cannot run. */
final class PostgresServer {

    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable PostgresServer shared;
    private static @Nullable String unavailable;

    private final Path data;
    private final int port;
    private EmbeddedPostgres running;

    private PostgresServer(Path data) throws IOException {
        this.data = data;
        this.running = start(data, 0);
        this.port = running.getPort();
    }

    /** The one of all tests, which ends with the JVM; each test takes a schema of its own. */
    static synchronized PostgresServer shared() {
        if (unavailable != null) {
            return abort(unavailable);
        }
        if (shared == null) {
            try {
                shared = new PostgresServer(Files.createTempDirectory("postgres-ledger"));
            } catch (IOException | IllegalStateException e) {
                unavailable = "no PostgreSQL runs here, so this test says nothing: " + e;
                return abort(unavailable);
            }
        }
        return shared;
    }

    /** The library's default is to confirm before it is durable; that would not do. */
    private static EmbeddedPostgres start(Path data, int port) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "200")
                .setPort(port)
                .start();
    }

    /** The URL of a new, empty schema. */
    String newSchema() {
        String schema = "ledger_" + SCHEMAS.incrementAndGet();
        execute("CREATE SCHEMA " + schema);
        return "r2dbc:postgresql://postgres:postgres@127.0.0.1:" + port + "/postgres?schema=" + schema;
    }

    static String schemaOf(String url) {
        return url.substring(url.indexOf("?schema=") + "?schema=".length());
    }

    void execute(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", "postgres");
    }

    /** Kills every process of it at once. */
    void kill() throws IOException {
        long postmaster = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
        ProcessHandle server = ProcessHandle.of(postmaster).orElseThrow();
        List<ProcessHandle> all = server.descendants().toList();
        server.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        server.onExit().join();
        all.forEach(process -> process.onExit().join());
        running.close(); // gives up its lock on the directory
    }

    void restart() throws IOException {
        running = start(data, port);
    }
}
