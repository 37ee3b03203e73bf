package io.walreceiver.storage.records;

import io.walreceiver.schema.InvalidEventPolicy;
import io.walreceiver.schema.SignalSchema;
import io.walreceiver.schema.SignalType;
import io.walreceiver.schema.StoredSchema;
import io.walreceiver.storage.disk.Disk;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Says that a directory is a data directory, in which format, and what decides there how events are applied. Its file, {@value #FILE}:
 *
 * <pre>
 * walreceiver data directory
 * format 1
 * invalid-events hold
 * max-event-lead 3600000000000ns
 * signal 3 604800000000000ns view
 * signal 255 permanent like
 * blake3 6b1d...
 * </pre>
 *
 * A signal's line gives its index, half-life and name. The first two lines and the last are the same in every format.
 *
 * @param formatVersion the format of everything in the directory, 1..{@link #CURRENT}
 * @param stored what events in it are applied under
 */
public record Marker(int formatVersion, StoredSchema stored) {

    /** The name of the file. */
    public static final String FILE = "receiver-data";

    /** The format that is written. */
    public static final int CURRENT = 1;

    private static final String TITLE = "walreceiver data directory";
    private static final String WHAT_TO_DO =
            "restore the file from a backup of this directory: without it nobody knows what its scores mean";
    private static final String PERMANENT = "permanent";
    private static final String UNIT = "ns";
    private static final BigInteger NANOS_PER_SECOND = BigInteger.valueOf(1_000_000_000);

    public Marker {
        if (formatVersion < 1 || formatVersion > CURRENT) {
            throw new IllegalArgumentException("format " + formatVersion + ": must be 1.." + CURRENT);
        }
    }

    /**
     * Reads the marker of a directory.
     *
     * @return empty if it has none: it is not a data directory
     * @throws NewerFormatException if a later version wrote it
     * @throws DamagedFileException if it is not as it was written
     */
    public static Optional<Marker> read(Disk disk, Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!disk.exists(file)) {
            return Optional.empty();
        }
        return Optional.of(parse(file, TextFile.bytes(disk, file, WHAT_TO_DO)));
    }

    /** The bytes of a directory's marker, which is there. */
    public static byte[] bytes(Disk disk, Path directory) throws IOException {
        return TextFile.bytes(disk, directory.resolve(FILE), WHAT_TO_DO);
    }

    /**
     * Reads a marker that came from elsewhere.
     *
     * @param file what it is called in errors
     * @throws NewerFormatException if a later version wrote it
     * @throws DamagedFileException if it is not as it was written
     */
    public static Marker parse(Path file, byte[] bytes) throws IOException {
        LineReader in = new LineReader(file, TextFile.lines(file, bytes, WHAT_TO_DO), WHAT_TO_DO);
        in.expect(TITLE);
        int format = in.next("format NUMBER", values -> positive(values.get(0)));
        StoredSchema stored = switch (format) {
            // Each format ever written has its case, which reads it as what it means in the current one.
            case 1 -> format1(file, in);
            default -> throw new NewerFormatException(file, format, CURRENT);
        };
        return new Marker(format, stored);
    }

    /** Makes this the marker of a directory: durable when it returns, the old one or this after a failure. */
    public void write(Disk disk, Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(TITLE);
        lines.add("format " + formatVersion);
        lines.add("invalid-events " + stored.invalidEvents().name().toLowerCase(Locale.ROOT));
        lines.add("max-event-lead " + nanos(stored.maxEventLead()));
        for (SignalType type : stored.schema().types()) {
            String halfLife = type.halfLife().map(Marker::nanos).orElse(PERMANENT);
            lines.add("signal " + type.index() + " " + halfLife + " " + Escaped.of(type.name()));
        }
        TextFile.write(disk, directory.resolve(FILE), lines);
    }

    private static StoredSchema format1(Path file, LineReader in) throws DamagedFileException {
        InvalidEventPolicy policy = in.next(
                "invalid-events POLICY",
                values -> InvalidEventPolicy.valueOf(values.get(0).toUpperCase(Locale.ROOT)));
        Duration maxEventLead = in.next("max-event-lead NANOSECONDS", values -> duration(values.get(0)));
        List<SignalType> types = new ArrayList<>();
        while (in.hasNext()) {
            types.add(in.next("signal INDEX HALF-LIFE NAME", Marker::type));
        }
        try {
            return new StoredSchema(SignalSchema.of(types), policy, maxEventLead);
        } catch (IllegalArgumentException e) {
            throw new DamagedFileException(
                    file, "signals", "each index and name once", String.valueOf(e.getMessage()), WHAT_TO_DO);
        }
    }

    private static SignalType type(List<String> values) {
        String halfLife = values.get(1);
        return new SignalType(
                Integer.parseInt(values.get(0)),
                Escaped.parse(values.get(2)),
                halfLife.equals(PERMANENT) ? Optional.empty() : Optional.of(duration(halfLife)));
    }

    private static int positive(String number) {
        int value = Integer.parseInt(number);
        if (value < 1) {
            throw new IllegalArgumentException("must be 1 or more");
        }
        return value;
    }

    /** Exact: a duration may be longer than a long has nanoseconds. */
    private static String nanos(Duration duration) {
        return BigInteger.valueOf(duration.getSeconds())
                        .multiply(NANOS_PER_SECOND)
                        .add(BigInteger.valueOf(duration.getNano()))
                + UNIT;
    }

    private static Duration duration(String nanos) {
        if (!nanos.endsWith(UNIT)) {
            throw new IllegalArgumentException("no unit " + UNIT);
        }
        BigInteger[] parts =
                new BigInteger(nanos.substring(0, nanos.length() - UNIT.length())).divideAndRemainder(NANOS_PER_SECOND);
        return Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact());
    }
}
