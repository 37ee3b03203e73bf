package io.walreceiver.server.command;

import io.walreceiver.server.console.Console;
import io.walreceiver.transport.netty.security.DevelopmentCertificates;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes certificates to try TLS out with. */
@Command(
        name = "certs",
        sortOptions = false,
        description = {
            "Make a CA and certificates to try TLS out with: ca.pem, server.pem, NAME.pem, and their keys. A CA that is there"
                    + " already is used, so that more can be added.",
            "",
            "For development: whoever has ca-key.pem can pass for anybody.",
            ""
        },
        exitCodeListHeading = Exit.HEADING,
        exitCodeList = {Exit.OK_TEXT, Exit.FAILED_TEXT, Exit.USAGE_TEXT},
        footer = {"", "With --json one document: directory, written, identities."})
final class CertsCommand implements Callable<Integer> {

    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "::1");

    private final Console console;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to; created if need be.")
    private Path out = Path.of("");

    @Option(
            names = "--server",
            paramLabel = "NAME",
            split = ",",
            description =
                    "DNS names and addresses of the server, with commas between. Default: localhost,127.0.0.1,::1,"
                            + " unless there is a server.pem already.")
    private List<String> server = List.of();

    @Option(
            names = "--client",
            paramLabel = "NAME",
            description = "A client; its certificate has this DNS name. May be repeated.")
    private List<String> clients = List.of();

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "365",
            description = "How long server and clients are valid, 1 to 3650; the CA is for 3650 days. Default:"
                    + " ${DEFAULT-VALUE}.")
    private long days;

    @Option(names = "--force", description = "Replace certificates and keys that are there, but for the CA's.")
    private boolean force;

    @Mixin
    private CommonOptions common = new CommonOptions();

    CertsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        DevelopmentCertificates certificates = certificates();
        Arguments.output("--out", out);
        try {
            report(certificates.write());
            return Exit.OK;
        } catch (FileAlreadyExistsException e) {
            throw CommandFailure.usage(
                    e.getFile() + " exists already; nothing was written",
                    "use it, name another directory, or replace server and client certificates with --force");
        }
    }

    private DevelopmentCertificates certificates() {
        boolean asBefore = server.isEmpty() && Files.exists(out.resolve("server.pem"));
        List<String> names = server.isEmpty() ? LOOPBACK : server;
        try {
            DevelopmentCertificates.Builder builder = DevelopmentCertificates.builder(out)
                    .validity(Duration.ofDays(Math.max(0, Math.min(days, Integer.MAX_VALUE))))
                    .overwrite(force);
            clients.forEach(builder::client);
            return (asBefore ? builder : builder.server(names.toArray(String[]::new))).build();
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "see " + Shell.command("receiver certs --help"));
        }
    }

    private void report(List<Path> written) {
        List<String> identities = clients.stream()
                .distinct()
                .map(client -> client + "  san=" + client + "  read=*")
                .toList();
        if (common.json()) {
            List<String> files = written.stream().map(Path::toString).toList();
            Json.document(console, new Summary(out.toString(), files, identities));
            return;
        }
        written.forEach(file -> console.out().println("wrote " + file));
        if (written.isEmpty()) {
            console.out().println("nothing to do: " + out + " has a CA and a server; name a --client NAME");
        }
        if (!identities.isEmpty()) {
            console.out().println();
            console.out().println("for the list of identities (add write=LOGS for a leader, admin for an operator):");
            console.out().println();
            identities.forEach(console.out()::println);
        }
    }

    private record Summary(String directory, List<String> written, List<String> identities) {}
}
