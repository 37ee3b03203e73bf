package io.walreceiver.server.command;

import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.storage.StorageException;
import io.walreceiver.storage.StorageException.Reason;
import io.walreceiver.storage.StoredData;
import io.walreceiver.transport.netty.security.ClientSecurity;
import io.walreceiver.transport.netty.security.TlsSetup;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server that holds a data directory's lock, and is asked to do what cannot be done beside it. Blocks. */
final class RunningServer {

    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);
    private static final int CONNECT_MILLIS = 10_000;
    /** A checkpoint of many logs takes its time. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(30);

    private static final int MAX_ANSWER_BYTES = 16 << 20;
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final StorageException locked;
    private final Endpoint address;
    private final ClientSecurity security;

    private RunningServer(StorageException locked, Endpoint address, ClientSecurity security) {
        this.locked = locked;
        this.address = address;
        this.security = security;
    }

    /** Something that is done here, or by the server. */
    interface Work<S, T> {
        T of(S where) throws IOException;
    }

    /** The same, here. */
    interface Here<T> {
        T done() throws IOException;
    }

    private record Answered(int status, String body) {}

    /**
     * Does something here, or has it done by the server that holds the lock.
     *
     * @param here fails with a {@link StorageException} before it has changed anything, if the lock is held
     * @throws CommandFailure if the lock is held by somebody who cannot be asked, or who says no
     */
    static <T> T orHere(Path data, SecurityOptions options, Here<T> here, Work<RunningServer, T> there)
            throws IOException {
        StorageException held;
        try {
            return here.done();
        } catch (StorageException e) {
            if (e.reason() != Reason.LOCKED) {
                throw e;
            }
            held = e;
        }
        Endpoint address = address(StoredData.in(data))
                .orElseThrow(() -> failed(
                        held,
                        "",
                        "stop that one, or name another directory; a server that was started with --web ADDRESS is asked"
                                + " to do it"));
        try (SecurityOptions.Client known = options.client(address)) {
            return there.of(new RunningServer(held, address, known.security()));
        }
    }

    /** Why something that only a stopped server allows was not done. */
    static RuntimeException mustStop(StorageException held, String why) {
        return held.reason() != Reason.LOCKED
                ? held
                : failed(held, ", and " + why, "stop that one, or name another directory; then run the command again");
    }

    private static Optional<Endpoint> address(StoredData data) throws IOException {
        Optional<Endpoint> address = data.owner().flatMap(owner -> owner.web()).flatMap(RunningServer::parse);
        // What another machine calls its loopback is not ours.
        return address.isPresent() && data.use() == StoredData.Use.UNKNOWN && isLoopback(address.get())
                ? Optional.empty()
                : address;
    }

    private static Optional<Endpoint> parse(String text) {
        try {
            return Optional.of(Endpoint.parse(text, SCHEMES, 1));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a later program's, perhaps
        }
    }

    private static boolean isLoopback(Endpoint endpoint) {
        InetAddress resolved = endpoint.address().getAddress();
        return resolved != null && resolved.isLoopbackAddress();
    }

    /**
     * Has something done.
     *
     * @param argument what to name where the server says that it cannot be
     */
    <T> T post(String path, Map<String, ?> body, Class<T> type, String argument) {
        return answer(send(HttpMethod.POST, path, MAPPER.writeValueAsString(body)), type, argument);
    }

    /** Has something deleted. */
    <T> T delete(String path, Class<T> type) {
        return answer(send(HttpMethod.DELETE, path, null), type, "NAME");
    }

    private Answered send(HttpMethod method, String path, @Nullable String body) {
        try {
            Answered answered = client(body)
                    .request(method)
                    .uri(address.uri().resolve(path))
                    .send(ByteBufFlux.fromString(body == null ? Mono.empty() : Mono.just(body)))
                    .response((response, content) -> content.asByteArray()
                            .reduceWith(ByteArrayOutputStream::new, RunningServer::append)
                            .map(bytes ->
                                    new Answered(response.status().code(), bytes.toString(StandardCharsets.UTF_8))))
                    .blockFirst(LONGEST_ANSWER);
            return answered == null ? new Answered(0, "") : answered;
        } catch (RuntimeException e) {
            Throwable cause = Exceptions.unwrap(e);
            throw failed(
                    locked,
                    "; it is to be asked at " + address + ", which failed: " + cause.getMessage()
                            + (neverSent(cause) ? "; nothing was done" : "; whether it was done, its audit says"),
                    "see that it still runs and is reached there (with --tls-ca FILE, if it has TLS), or stop it; the command"
                            + " may be run again");
        }
    }

    private static boolean neverSent(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof SSLException
                || cause instanceof UnknownHostException;
    }

    private HttpClient client(@Nullable String body) {
        HttpClient client = HttpClient.newConnection()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .responseTimeout(LONGEST_ANSWER)
                .headers(headers -> {
                    if (body != null) {
                        headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
                        headers.set(HttpHeaderNames.CONTENT_LENGTH, body.getBytes(StandardCharsets.UTF_8).length);
                    }
                    byte[] token = security.token();
                    if (token != null) {
                        headers.set(
                                HttpHeaderNames.AUTHORIZATION,
                                "Bearer " + new String(token, StandardCharsets.US_ASCII));
                    }
                });
        return security.tls() == null ? client : client.secure(TlsSetup.client(security, HANDSHAKE));
    }

    private static ByteArrayOutputStream append(ByteArrayOutputStream all, byte[] more) {
        if (all.size() + more.length > MAX_ANSWER_BYTES) {
            throw new IllegalStateException("its answer has more than " + MAX_ANSWER_BYTES + " bytes");
        }
        all.writeBytes(more);
        return all;
    }

    private <T> T answer(Answered answered, Class<T> type, String argument) {
        if (answered.status() == 200) {
            return MAPPER.readValue(answered.body(), type);
        }
        String detail = Plain.text(detail(answered));
        throw switch (answered.status()) {
            case 401, 403, 421 ->
                failed(
                        locked,
                        "; at " + address + " it refuses: " + detail,
                        "show it an identity with admin: --token FILE, or --tls-cert FILE --tls-key FILE --tls-ca FILE");
            case 400, 404, 409 ->
                CommandFailure.usage(
                        argument + ": " + detail, Shell.command("receiver status") + " shows where each log ends");
            default ->
                CommandFailure.failed(
                        "the server at " + address + " could not do it: " + detail,
                        "see its log and its audit, then run the command again");
        };
    }

    private static String detail(Answered answered) {
        try {
            JsonNode detail = MAPPER.readTree(answered.body()).path("detail");
            return detail.isString() ? detail.asString() : "status " + answered.status();
        } catch (JacksonException e) {
            return "status " + answered.status() + ", and not as this program does: it is another one, perhaps";
        }
    }

    private static CommandFailure failed(StorageException held, String more, String next) {
        String message = String.valueOf(held.getMessage());
        int end = message.lastIndexOf("; ");
        return CommandFailure.failed((end < 0 ? message : message.substring(0, end)) + more, next);
    }
}
