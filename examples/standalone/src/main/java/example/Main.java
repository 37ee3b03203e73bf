package example;

import io.walreceiver.ledger.SignalReading;
import io.walreceiver.storage.Storage;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.tcp.TcpTransport;
import java.nio.file.Path;
import java.util.List;

/** Shows what is hot, twice a second, until it is interrupted. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        Transport leader =
                TcpTransport.builder().host("127.0.0.1").port(7402).node("hot").build();
        Hot hot = new Hot(leader, Storage.directory(Path.of("data")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> hot.stop().block()));

        hot.follow().subscribe(outcome -> {}, Throwable::printStackTrace);
        hot.live(0, 3).doOnNext(Main::print).blockLast();
    }

    private static void print(List<SignalReading> top) {
        for (SignalReading hot : top) {
            System.out.printf("%20s %8.3f  ", Long.toUnsignedString(hot.entityId()), hot.score());
        }
        System.out.println();
    }
}
