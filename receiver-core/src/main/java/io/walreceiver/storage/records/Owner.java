package io.walreceiver.storage.records;

import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The process that holds a data directory's lock, or held it last: for messages only. The lock decides. Its file, {@value #FILE}:
 *
 * <pre>
 * walreceiver owner
 * pid 4711
 * host db-7
 * since 2025-03-01T12:00:00Z
 * command java -jar receiver.jar serve
 * web http://127.0.0.1:7400
 * blake3 51d3...
 * </pre>
 *
 * <p>The line {@code web} is there while the owner can be asked over HTTP. A program from before there was such a line takes the file for
 * one that cannot be read.
 *
 * @param pid its process id on its host
 * @param host the host's name; any text
 * @param since when it took the lock
 * @param command what it was started with; any text
 * @param web where it answers operators over HTTP, {@code http://HOST:PORT}; empty if it does not
 */
public record Owner(long pid, String host, Instant since, String command, Optional<String> web) {

    /** The name of the file. */
    public static final String FILE = "owner";

    private static final String TITLE = "walreceiver owner";
    private static final String WHAT_TO_DO = "delete the file";

    /** The owner that is on record; empty if there is none or it cannot be read, which is no reason to fail. */
    public static Optional<Owner> read(Disk disk, Path directory) {
        Path file = directory.resolve(FILE);
        try {
            LineReader in = new LineReader(file, TextFile.read(disk, file, WHAT_TO_DO), WHAT_TO_DO);
            in.expect(TITLE);
            Owner owner = new Owner(
                    in.next("pid PID", values -> Long.parseLong(values.get(0))),
                    in.next("host HOST", values -> Escaped.parse(values.get(0))),
                    in.next("since TIME", values -> Instant.parse(values.get(0))),
                    in.next("command COMMAND", values -> Escaped.parse(values.get(0))),
                    in.hasNext()
                            ? Optional.of(in.next("web ADDRESS", values -> Escaped.parse(values.get(0))))
                            : Optional.empty());
            in.expectEnd();
            return Optional.of(owner);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The same, who answers operators there. */
    public Owner answeringAt(String address) {
        return new Owner(pid, host, since, command, Optional.of(address));
    }

    /** Puts this owner on record. The holder of the lock calls it. */
    public void write(Disk disk, Path directory) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                TITLE, "pid " + pid, "host " + Escaped.of(host), "since " + since, "command " + Escaped.of(command)));
        web.ifPresent(address -> lines.add("web " + Escaped.of(address)));
        TextFile.write(disk, directory.resolve(FILE), lines);
    }
}
