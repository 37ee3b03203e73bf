package io.walreceiver.server.command;

import static org.awaitility.Awaitility.await;

import io.walreceiver.format.LogId;
import io.walreceiver.log.LogState;
import io.walreceiver.server.schemafile.SchemaFile;
import io.walreceiver.server.web.admin.AdminOptions;
import io.walreceiver.server.web.admin.Served;
import io.walreceiver.transport.Transport;
import io.walreceiver.transport.netty.security.ServerSecurity;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;

/** A server that is dead the moment it would tell its source that the events through 5,858 of log 1:2 are done with. */
final class DyingServer {

    static final int DIED = 9;

    private static final LogId LOG = new LogId(1, 2);
    private static final long END_OF_THE_HOLE = 5_858;

    private DyingServer() {}

    public static void main(String[] args) throws IOException {
        Served served = new Served(
                deadly(Served.following(Path.of(args[0]))),
                Path.of(args[1]),
                SchemaFile.load(Path.of(args[2])).schema(),
                ServerSecurity.NONE,
                AdminOptions.defaults());
        served.told(Path.of(args[1]));
        await().atMost(Served.SOON)
                .until(() -> served.receiver.status().logs().stream()
                        .anyMatch(log -> log.state() == LogState.GAP && log.heldSegments() == 1));
        System.out.println("ready");
        System.in.read(); // until it dies, or its parent has
    }

    private static Transport deadly(Transport transport) {
        return (Transport) Proxy.newProxyInstance(
                Transport.class.getClassLoader(), new Class<?>[] {Transport.class}, (proxy, method, args) -> {
                    if (method.getName().equals("acknowledge")
                            && LOG.equals(args[0])
                            && (Long) args[1] >= END_OF_THE_HOLE) {
                        Runtime.getRuntime().halt(DIED);
                    }
                    try {
                        return method.invoke(transport, args);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
