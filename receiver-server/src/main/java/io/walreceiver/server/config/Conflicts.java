package io.walreceiver.server.config;

import io.walreceiver.server.config.Given.Origin;
import io.walreceiver.server.input.Endpoint;
import io.walreceiver.server.input.Mistakes;
import java.util.ArrayList;
import java.util.List;

/** Options that are right by themselves, and wrong together. */
final class Conflicts {

    private static final String NOBODY =
            "a server that knows nobody would let nobody in; name its identities too, as receiver"
                    + " certs prints them";

    private final ServerConfig config;
    private final Layers layers;
    private final Mistakes mistakes;

    Conflicts(ServerConfig config, Layers layers, Mistakes mistakes) {
        this.config = config;
        this.layers = layers;
        this.mistakes = mistakes;
    }

    void look() {
        receiver();
        security();
        addresses();
        source();
        demo();
    }

    private void receiver() {
        Receiver receiver = config.receiver();
        wrongIf(
                receiver.maxInFlightBytes() < receiver.maxSegmentBytes(),
                "receiver.max-in-flight-bytes",
                "receiver.max-segment-bytes",
                "it must be at least receiver.max-segment-bytes, or no segment of that size could ever come");
        wrongIf(
                receiver.maxResendDelay().compareTo(receiver.minResendDelay()) < 0,
                "receiver.max-resend-delay",
                "receiver.min-resend-delay",
                "it must be at least receiver.min-resend-delay");
    }

    private void security() {
        tls("security.", config.security().tls());
        listener("push.", config.push());
        listener("publish.", config.publish());
        listener("web.", config.web());
        for (int i = 0; i < config.sources().size(); i++) {
            tls("sources[" + i + "].", config.sources().get(i).tls());
        }
        boolean listed = config.security().identities().isPresent()
                || config.push().identities().isPresent()
                || config.publish().identities().isPresent()
                || config.web().identities().isPresent();
        wrongIf(
                config.security().tls().certificate().isPresent()
                        && config.sources().isEmpty()
                        && !listed,
                "security.tls.certificate",
                "security.tls.certificate",
                NOBODY);
    }

    private void tls(String prefix, Tls tls) {
        wrongIf(
                tls.certificate().isPresent() && tls.key().isEmpty(),
                prefix + "tls.certificate",
                prefix + "tls.certificate",
                "a certificate needs its private key: name that as " + prefix + "tls.key (--tls-key)");
        wrongIf(
                tls.certificate().isEmpty() && tls.key().isPresent(),
                prefix + "tls.key",
                prefix + "tls.key",
                "a private key needs its certificate: name that as " + prefix + "tls.certificate (--tls-cert)");
    }

    private void listener(String prefix, Listener listener) {
        tls(prefix, listener.tls());
        if (listener.listen().isEmpty()) {
            return;
        }
        Security.ListenerSecurity security = config.security().of(listener);
        wrongIf(
                listener.tls().certificate().isPresent()
                        && security.identities().isEmpty(),
                prefix + "tls.certificate",
                prefix + "tls.certificate",
                NOBODY);
        wrongIf(
                listener.listen().get().scheme().equals("https")
                        && security.tls().certificate().isEmpty(),
                prefix + "listen",
                prefix + "listen",
                "https needs a certificate and a list of identities: " + prefix + "tls.certificate, " + prefix
                        + "tls.key and " + prefix + "identities, or those of security");
    }

    private void addresses() {
        List<String> paths = List.of("push.listen", "publish.listen", "web.listen");
        List<Endpoint> taken = new ArrayList<>();
        for (String path : paths) {
            listenerOf(path).listen().filter(endpoint -> endpoint.port() != 0).ifPresent(endpoint -> {
                boolean again = taken.stream()
                        .anyMatch(other ->
                                other.port() == endpoint.port() && other.host().equals(endpoint.host()));
                wrongIf(again, path, path, endpoint + ": something else of this service listens there already");
                taken.add(endpoint);
            });
        }
    }

    private Listener listenerOf(String path) {
        return switch (path) {
            case "push.listen" -> config.push();
            case "publish.listen" -> config.publish();
            default -> config.web();
        };
    }

    private void source() {
        wrongIf(
                config.sources().isEmpty()
                        && config.push().listen().isEmpty()
                        && !config.demo().enabled(),
                "push.listen",
                "sources",
                "no source: nothing would ever come; name sources (--from tcp://HOST:PORT), or say where segments are taken"
                        + " that are pushed (--listen http://127.0.0.1:7401)");
    }

    private void demo() {
        if (config.demo().enabled()) {
            wrongIf(
                    !config.sources().isEmpty(),
                    "sources[0].address",
                    "demo.enabled",
                    "the demo brings its own leader");
            wrongIf(
                    config.push().listen().isPresent(),
                    "push.listen",
                    "demo.enabled",
                    "the demo brings its own leader, and no other may write its logs");
            wrongIf(
                    config.data().schema().isPresent(),
                    "data.schema",
                    "demo.enabled",
                    "the demo brings its own schema");
            wrongIf(
                    !config.security().tls().isEmpty()
                            || config.security().token().isPresent(),
                    "security.tls.certificate",
                    "demo.enabled",
                    "the demo's leader, in this process, speaks plainly; name files for the listener that needs them, such"
                            + " as web.tls.certificate");
            wrongIf(config.names().isPresent(), "names", "demo.enabled", "the demo brings its own names");
        }
    }

    /** Told at the place of the one if somebody said it, else at the other's. */
    private void wrongIf(boolean wrong, String path, String otherwise, String what) {
        if (wrong) {
            Origin origin = layers.origin(path);
            Origin at = origin.equals(Origin.PRESET) ? layers.origin(otherwise) : origin;
            mistakes.add((at.equals(Origin.PRESET) ? Origin.of("the configuration") : at).mistake(path + ": " + what));
        }
    }
}
