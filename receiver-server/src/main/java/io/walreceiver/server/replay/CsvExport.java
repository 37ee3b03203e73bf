package io.walreceiver.server.replay;

import io.walreceiver.ledger.InMemorySignalLedger;
import io.walreceiver.ledger.SignalReading;
import io.walreceiver.server.output.NewFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** Writes every pair of a ledger to a CSV file. */
public final class CsvExport {

    /** The first line. */
    public static final String HEADER = "entity_id,signal_type,all_time,count_1h,count_24h,count_7d,score";

    private CsvExport() {}

    /**
     * Writes all pairs, by unsigned entity id and then signal type; a score has 17 significant digits, so that it reads back as
     * the same double. The file appears when it is complete.
     *
     * @param nowNanos the instant to read at
     * @throws IOException if it cannot be written
     */
    public static void write(InMemorySignalLedger ledger, long nowNanos, Path file) throws IOException {
        NewFile.write(file, out -> {
            Writer csv = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.US_ASCII));
            csv.append(HEADER).append('\n');
            try {
                ledger.forEach(nowNanos, reading -> append(csv, reading));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            csv.flush();
        });
    }

    private static void append(Writer csv, SignalReading reading) {
        try {
            csv.append(Long.toUnsignedString(reading.entityId()))
                    .append(',')
                    .append(Integer.toString(reading.signalType()))
                    .append(',')
                    .append(Long.toString(reading.allTime()))
                    .append(',')
                    .append(Long.toString(reading.lastHour()))
                    .append(',')
                    .append(Long.toString(reading.lastDay()))
                    .append(',')
                    .append(Long.toString(reading.lastWeek()))
                    .append(',')
                    .append(String.format(Locale.ROOT, "%.16e", reading.score()))
                    .append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
