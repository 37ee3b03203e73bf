package io.walreceiver.server.command;

import io.walreceiver.storage.RecoveryFinding;

/** What a recovery found, as JSON. */
record FindingJson(String log, String kind, String text) {

    static FindingJson of(RecoveryFinding finding) {
        return new FindingJson(finding.log().toString(), finding.kind().toString(), finding.text());
    }
}
