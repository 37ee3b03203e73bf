package io.walreceiver;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Conditions that will come true are waited for long enough for the slowest machine. */
public final class PatientSession implements LauncherSessionListener {

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(Duration.ofMinutes(2));
        // What is asked of a log that is not known yet.
        Awaitility.ignoreExceptionsByDefaultMatching(AssertionError.class::isInstance);
    }
}
