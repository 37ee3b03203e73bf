package io.walreceiver.server.demo;

import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.server.output.NewFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The public git history of reactor/reactor-core as a leader's logs: real events, inside the jar. {@code files.txt} names the
 * files, since the entries of a jar cannot be listed from within.
 */
public final class DemoData {

    /** Name of the schema file. */
    public static final String SCHEMA = "schema.yaml";

    /** Name of the directory of segments. */
    public static final String SEGMENTS = "wal";

    private static final String ROOT = "reactor-core-history/";
    private static final String INDEX = "files.txt";

    private DemoData() {}

    /** The files, by their names relative to the data set. */
    public static List<String> files() throws IOException {
        return new String(read(INDEX), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** The segments, in the order of the index. */
    public static List<WalSegmentPayload> segments() throws IOException {
        List<WalSegmentPayload> segments = new ArrayList<>();
        for (String name : files()) {
            Optional<WalSegmentId> id = WalSegmentId.ofFileName(name.substring(name.lastIndexOf('/') + 1));
            if (id.isPresent()) {
                byte[] bytes = read(name);
                segments.add(new WalSegmentPayload(id.get(), bytes, SegmentDecoder.countEvents(bytes)));
            }
        }
        return segments;
    }

    /**
     * Copies all files into a directory.
     *
     * @param directory created if need be
     * @throws IOException if a file cannot be written
     */
    public static void unpack(Path directory) throws IOException {
        Files.createDirectories(directory.resolve(SEGMENTS));
        for (String name : files()) {
            byte[] bytes = read(name);
            NewFile.write(directory.resolve(name), out -> out.write(bytes));
        }
    }

    /** The content of a file. */
    static byte[] read(String name) throws IOException {
        try (InputStream in = DemoData.class.getResourceAsStream(ROOT + name)) {
            if (in == null) {
                throw new FileNotFoundException("the demo's file " + name + " is missing in this jar");
            }
            return in.readAllBytes();
        }
    }

    /** A file of text. */
    public static String text(String name) throws IOException {
        return new String(read(name), StandardCharsets.UTF_8);
    }
}
