package io.walreceiver.server.command;

import io.walreceiver.server.input.Endpoint;
import io.walreceiver.transport.netty.security.ClientSecurity;
import io.walreceiver.transport.netty.security.InsecureException;
import io.walreceiver.transport.netty.security.ListenPolicy;
import io.walreceiver.transport.netty.security.SecuredClient;
import io.walreceiver.transport.netty.security.SecuredServer;
import io.walreceiver.transport.netty.security.SecurityFileException;
import io.walreceiver.transport.netty.security.ServerSecurity;
import io.walreceiver.transport.netty.security.TlsFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who may connect, and who this is: the same files for what listens here and for what is connected to. */
final class SecurityOptions {

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Own certificate and those between it and its CA, PEM.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "Its private key, PEM.")
    private @Nullable Path key;

    @Option(
            names = "--tls-key-password",
            paramLabel = "FILE",
            description = "A file that holds the password of the key.")
    private @Nullable Path keyPassword;

    @Option(
            names = "--tls-ca",
            paramLabel = "FILE",
            description = "Whom to trust: CA certificates, PEM. Here peers are asked for theirs.")
    private @Nullable Path trusted;

    @Option(
            names = "--identities",
            paramLabel = "FILE",
            description = "Who may connect and what he may do; see docs/security.md.")
    private @Nullable Path identities;

    @Option(
            names = "--token",
            paramLabel = "FILE",
            description = "A file that holds the token to show to who is connected to.")
    private @Nullable Path token;

    @Option(
            names = "--insecure",
            description = "Listen outside of loopback without TLS or authentication, and send a token in the clear.")
    private boolean insecure;

    /** How what listens here knows its peers. */
    record Server(ServerSecurity security) implements AutoCloseable {
        @Override
        public void close() {
            if (security instanceof SecuredServer files) {
                files.close();
            }
        }
    }

    /** How this shows who it is. */
    record Client(ClientSecurity security) implements AutoCloseable {
        @Override
        public void close() {
            if (security instanceof SecuredClient files) {
                files.close();
            }
        }
    }

    /** For what listens here, checked against where it does. */
    Server server(Endpoint listen) throws SecurityFileException {
        ServerSecurity security = ServerSecurity.NONE;
        if (identities != null) {
            SecuredServer.Builder secured = SecuredServer.builder().identities(Arguments.file(identities));
            if (certificate != null) {
                secured.tls(files());
            }
            security = secured.open();
        } else if (certificate != null) {
            throw CommandFailure.usage(
                    "--tls-cert: a server that knows nobody would let nobody in",
                    "add --identities FILE: " + Shell.command("receiver certs") + " prints lines for it");
        }
        try {
            ListenPolicy.check(listen.address(), security, insecure);
        } catch (InsecureException e) {
            throw CommandFailure.usage(listen + ": " + e.getMessage(), "on the command line that is --insecure");
        }
        return new Server(security);
    }

    /** For what is connected to, checked against where that is. */
    Client client(Endpoint remote) throws SecurityFileException {
        if (certificate == null && trusted == null && token == null) {
            return new Client(ClientSecurity.NONE);
        }
        SecuredClient.Builder secured = SecuredClient.builder();
        if (certificate != null || trusted != null) {
            secured.tls(files());
        }
        if (token != null) {
            secured.token(Arguments.file(token));
        }
        ClientSecurity security = secured.open();
        try {
            ListenPolicy.checkToken(remote.address(), security, insecure);
        } catch (InsecureException e) {
            throw CommandFailure.usage(remote + ": " + e.getMessage(), "on the command line that is --insecure");
        }
        return new Client(security);
    }

    private TlsFiles files() {
        TlsFiles.Builder files = TlsFiles.builder();
        if (certificate != null) {
            files.certificate(Arguments.file(certificate));
        }
        if (key != null) {
            files.key(Arguments.file(key));
        }
        if (keyPassword != null) {
            files.keyPassword(Arguments.file(keyPassword));
        }
        if (trusted != null) {
            files.trusted(Arguments.file(trusted));
        }
        try {
            return files.build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()), "see docs/security.md");
        }
    }
}
