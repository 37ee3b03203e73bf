package io.walreceiver.server.service;

import io.walreceiver.server.config.Listener;
import io.walreceiver.server.config.Security;
import io.walreceiver.server.config.Security.ListenerSecurity;
import io.walreceiver.server.config.Security.SourceSecurity;
import io.walreceiver.server.config.Source;
import io.walreceiver.server.config.Tls;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.transport.netty.security.ClientSecurity;
import io.walreceiver.transport.netty.security.InsecureException;
import io.walreceiver.transport.netty.security.ListenPolicy;
import io.walreceiver.transport.netty.security.SecuredClient;
import io.walreceiver.transport.netty.security.SecuredServer;
import io.walreceiver.transport.netty.security.SecurityFileException;
import io.walreceiver.transport.netty.security.ServerSecurity;
import io.walreceiver.transport.netty.security.TlsFiles;

/** Opens the files of security that listeners and sources name, and checks that they suffice for where those are. */
final class SecurityFiles {

    private static final String INSECURE = "on the command line that is --insecure";

    private final Security defaults;
    private final Opened opened;

    SecurityFiles(Security defaults, Opened opened) {
        this.defaults = defaults;
        this.opened = opened;
    }

    /** How a listener knows its peers; nobody, if it does not listen. */
    ServerSecurity of(Listener listener) throws SecurityFileException {
        if (listener.listen().isEmpty()) {
            return ServerSecurity.NONE;
        }
        Endpoint listen = listener.listen().get();
        ListenerSecurity files = defaults.of(listener);
        ServerSecurity security = files.identities().isEmpty() ? ServerSecurity.NONE : open(files);
        try {
            ListenPolicy.check(listen.address(), security, files.insecure());
        } catch (InsecureException e) {
            throw ServiceFailure.usage(listen + ": " + e.getMessage(), INSECURE);
        }
        return security;
    }

    /** How this shows a source who it is. */
    ClientSecurity of(Source source) throws SecurityFileException {
        SourceSecurity files = defaults.of(source);
        if (files.tls().isEmpty() && files.token().isEmpty()) {
            return ClientSecurity.NONE;
        }
        SecuredClient.Builder builder = SecuredClient.builder();
        if (!files.tls().isEmpty()) {
            builder.tls(tls(files.tls()));
        }
        files.token().ifPresent(builder::token);
        SecuredClient security = opened.later("security files", builder.open());
        try {
            ListenPolicy.checkToken(source.address().address(), security, files.insecure());
        } catch (InsecureException e) {
            throw ServiceFailure.usage(source.address() + ": " + e.getMessage(), INSECURE);
        }
        return security;
    }

    private ServerSecurity open(ListenerSecurity files) throws SecurityFileException {
        SecuredServer.Builder builder = SecuredServer.builder();
        files.identities().ifPresent(builder::identities);
        if (files.tls().certificate().isPresent()) {
            builder.tls(tls(files.tls()));
        }
        return opened.later("security files", builder.open());
    }

    private static TlsFiles tls(Tls tls) {
        TlsFiles.Builder files = TlsFiles.builder();
        tls.certificate().ifPresent(files::certificate);
        tls.key().ifPresent(files::key);
        tls.keyPassword().ifPresent(files::keyPassword);
        tls.ca().ifPresent(files::trusted);
        try {
            return files.build();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw ServiceFailure.usage(String.valueOf(e.getMessage()), "see docs/security.md");
        }
    }
}
