package io.walreceiver.server.verify;

import io.walreceiver.checksum.BatchHasher;
import io.walreceiver.decode.EventRules;
import io.walreceiver.format.Corruption;
import io.walreceiver.format.LogId;
import io.walreceiver.format.SegmentDecoder;
import io.walreceiver.format.SegmentFault;
import io.walreceiver.format.SegmentView;
import io.walreceiver.format.WalSegmentId;
import io.walreceiver.format.WalSegmentPayload;
import io.walreceiver.verify.SegmentVerifier;
import io.walreceiver.verify.VerificationResult;
import io.walreceiver.verify.VerificationResult.Refused;
import io.walreceiver.verify.VerificationResult.Verified;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * Checks segment files in full and applies nothing. A checksum that fails is computed again by an independent implementation:
 * if that one finds it right, the fault is in this machine or this program, not in the file. Safe for use by any thread.
 */
public final class FileVerifier {

    /** What a file is taken for when neither its name nor its first header says: it is refused in any case. */
    private static final WalSegmentId UNKNOWN = new WalSegmentId(new LogId(0, 0), 1);

    private final SegmentVerifier reference;
    private final SegmentVerifier secondOpinion;
    private final EventRules rules;

    /**
     * A verifier.
     *
     * @param reference computes the checksums
     * @param secondOpinion computes those again that fail
     * @param rules which events can be applied
     */
    public FileVerifier(BatchHasher reference, BatchHasher secondOpinion, EventRules rules) {
        this.reference = new SegmentVerifier(reference);
        this.secondOpinion = new SegmentVerifier(secondOpinion);
        this.rules = rules;
    }

    /** Reads and checks one file. Whatever is wrong with it is in the verdict. */
    public FileVerdict verify(FileCheck check) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(check.file());
        } catch (NoSuchFileException e) {
            return unreadable(check, "there is no such file");
        } catch (AccessDeniedException e) {
            return unreadable(check, "cannot be read: access is denied");
        } catch (IOException e) {
            return unreadable(check, "cannot be read: " + e.getMessage());
        } catch (OutOfMemoryError e) {
            return unreadable(check, "too large for the Java heap; give it more, for example JAVA_OPTS=-Xmx4g");
        }
        return verify(check, bytes);
    }

    private FileVerdict verify(FileCheck check, byte[] bytes) {
        Optional<WalSegmentId> id = check.id().or(() -> HeaderIdentity.of(bytes));
        long headerEvents = SegmentDecoder.countEvents(bytes);
        WalSegmentPayload payload = new WalSegmentPayload(
                id.orElse(UNKNOWN), bytes, check.claimedEvents().orElse(headerEvents));
        VerificationResult result = reference.verify(payload);
        if (result instanceof Refused refused) {
            return refused(check, id, headerEvents, payload, refused.fault());
        }
        return intact(check, id, ((Verified) result).segment());
    }

    private FileVerdict intact(FileCheck check, Optional<WalSegmentId> id, SegmentView segment) {
        return rules.firstInvalid(segment)
                .map(fault -> new FileVerdict(
                        check, id, Verdict.INVALID_EVENT, fault.describe(), segment.eventCount(), false))
                .orElseGet(() -> new FileVerdict(check, id, Verdict.OK, "", segment.eventCount(), false));
    }

    private FileVerdict refused(
            FileCheck check, Optional<WalSegmentId> id, long events, WalSegmentPayload payload, SegmentFault fault) {
        String text = FaultText.of(id, fault);
        if (!fault.field().equals("checksum")) {
            return new FileVerdict(check, id, Verdict.CORRUPT, text, events, false);
        }
        if (secondOpinion.verify(payload) instanceof Refused second && sameFault(fault, second.fault())) {
            String agreed = text + " (two independent implementations of BLAKE3 agree)";
            return new FileVerdict(check, id, Verdict.CORRUPT, agreed, events, false);
        }
        String disputed = text + "; BUT A SECOND IMPLEMENTATION OF BLAKE3 FINDS THIS CHECKSUM RIGHT:"
                + " suspect this machine's memory or this program before the file";
        return new FileVerdict(check, id, Verdict.CORRUPT, disputed, events, true);
    }

    private static boolean sameFault(SegmentFault one, SegmentFault other) {
        return other instanceof Corruption && one.equals(other);
    }

    private static FileVerdict unreadable(FileCheck check, String reason) {
        return new FileVerdict(check, check.id(), Verdict.UNREADABLE, reason, 0, false);
    }
}
