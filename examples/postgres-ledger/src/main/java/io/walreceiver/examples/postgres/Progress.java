package io.walreceiver.examples.postgres;

import io.walreceiver.LogStatus;
import io.walreceiver.ReceiverStatus;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A line when something has moved, and a line when a log stops or goes on. */
final class Progress {

    private final PrintStream out;
    private final Map<String, String> causes = new HashMap<>();
    private long applied = -1;

    Progress(PrintStream out) {
        this.out = out;
    }

    synchronized void show(ReceiverStatus status) {
        status.logs().forEach(this::show);
        long now = status.logs().stream().mapToLong(LogStatus::applied).sum();
        if (now != applied) {
            out.printf(
                    "%,d events of %d logs are in the table%s%n",
                    now, status.logs().size(), behind(status));
            applied = now;
        }
    }

    private void show(LogStatus log) {
        Optional<String> cause = log.cause();
        String name = log.log().toString();
        if (cause.isEmpty()) {
            if (causes.remove(name) != null) {
                out.println("log " + name + " goes on");
            }
        } else if (!cause.get().equals(causes.put(name, cause.get()))) {
            out.println("log " + name + " waits: " + cause.get());
        }
    }

    private static String behind(ReceiverStatus status) {
        boolean known = status.logs().stream().allMatch(log -> log.lagEvents().isPresent());
        long behind = status.logs().stream()
                .mapToLong(log -> log.lagEvents().orElse(0))
                .sum();
        return known ? String.format(Locale.ROOT, ", %,d to go", behind) : "";
    }
}
