package io.walreceiver.transport.netty.security;

import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * A client that shows a certificate, a token, or both, as files say, and knows its server by CAs and by the name that it connects to.
 * The files are looked at now and then and take effect for the connections that come after; files that cannot be used change nothing.
 *
 * <p>A token must not be sent where others listen: see {@link ListenPolicy#checkToken}.
 */
public final class SecuredClient implements ClientSecurity, AutoCloseable {

    private final FileWatch watch;
    private final @Nullable ReloadingTls<SslContext> tls;
    private final @Nullable Reloading<byte[]> token;

    private SecuredClient(Builder builder, FileWatch watch) throws SecurityFileException {
        Scheduler timer = watch.timer();
        Path tokenFile = builder.token;
        this.watch = watch;
        this.tls = builder.tls == null ? null : ReloadingTls.load(builder.tls, PemTls::client, timer);
        this.token = tokenFile == null ? null : Reloading.load(snapshot -> token(snapshot, tokenFile), timer);
    }

    /** Names the files. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public @Nullable SslContext tls() {
        return tls == null ? null : tls.context();
    }

    @Override
    public byte @Nullable [] token() {
        return token == null ? null : token.current();
    }

    /** How things stand now. */
    public SecurityStatus status() {
        Optional<String> tlsProblem = tls == null ? Optional.empty() : tls.problem();
        Optional<String> tokenProblem = token == null ? Optional.empty() : token.problem();
        List<String> problems =
                Stream.concat(tlsProblem.stream(), tokenProblem.stream()).toList();
        return new SecurityStatus(tls == null ? Optional.empty() : tls.certificate(), problems);
    }

    /** Ends looking at the files. What was read stays in use; connections are not touched. */
    @Override
    public void close() {
        watch.close();
    }

    private void look() {
        if (tls != null) {
            tls.look();
        }
        if (token != null) {
            token.look();
        }
    }

    private static Loaded<byte[]> token(FileSnapshot snapshot, Path file) throws SecurityFileException {
        return new Loaded<>(Token.read(snapshot, file), FileSnapshot.warnIfOthersMayRead(file));
    }

    /** Names the files. Not safe for use by several threads. */
    public static final class Builder {

        private @Nullable TlsFiles tls;
        private @Nullable Path token;
        private final Looking looking = new Looking();

        private Builder() {}

        /** The files of TLS; none of them is required. Default: connections are plain, which is for loopback. */
        public Builder tls(TlsFiles files) {
            tls = files;
            return this;
        }

        /**
         * The file that holds the token, of 22 characters or more (32 if they are all hexadecimal digits), which are letters, digits
         * and {@code - . _ ~ + / =}. Default: none.
         */
        public Builder token(Path file) {
            token = file;
            return this;
        }

        /** How often the files are looked at. Default: 10 s; range 10 ms to 1 day. */
        public Builder lookEvery(Duration interval) {
            looking.every(interval);
            return this;
        }

        /** What says when to look, and what time it is. Default: a thread of its own. */
        public Builder timer(Scheduler scheduler) {
            looking.timer(scheduler);
            return this;
        }

        /** Where files are read; may be blocked. Default: a thread of its own. */
        public Builder disk(Scheduler scheduler) {
            looking.disk(scheduler);
            return this;
        }

        /**
         * Reads the files, which blocks, and starts to look for changes.
         *
         * @return to be closed by the caller
         * @throws SecurityFileException if a file cannot be used
         */
        public SecuredClient open() throws SecurityFileException {
            return looking.open(watch -> new SecuredClient(this, watch), SecuredClient::look);
        }
    }
}
