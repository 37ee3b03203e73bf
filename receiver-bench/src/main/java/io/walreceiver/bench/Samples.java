package io.walreceiver.bench;

import java.util.ArrayList;
import java.util.List;

/** What was measured, once a round. */
final class Samples {

    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    double median() {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** Processor time that this process has used, in seconds: what other processes do does not count. */
    static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** The median, and the lowest and highest. */
    String show(String format) {
        double low = values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
        double high = values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
        return String.format(format, median()) + " (" + String.format(format, low) + ".." + String.format(format, high)
                + ")";
    }
}
