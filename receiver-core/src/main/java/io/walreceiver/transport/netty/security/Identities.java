package io.walreceiver.transport.netty.security;

import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is known by which name of a certificate, and by which token. Immutable.
 *
 * @param bySubjectName in the form that {@link SubjectNames#comparable} gives
 * @param byToken the digest of each token
 */
record Identities(Map<String, Identity> bySubjectName, List<TokenDigest> byToken) {

    static final Identities NONE = new Identities(Map.of(), List.of());

    Identities {
        bySubjectName = Map.copyOf(bySubjectName);
        byToken = List.copyOf(byToken);
    }

    /** Who the names of a certificate stand for: empty if nobody, or if they stand for several. */
    Optional<Identity> of(X509Certificate certificate) {
        Set<Identity> found = new HashSet<>();
        for (String name : SubjectNames.identifying(certificate)) {
            Identity identity = bySubjectName.get(name);
            if (identity != null) {
                found.add(identity);
            }
        }
        return found.size() == 1 ? Optional.of(found.iterator().next()) : Optional.empty();
    }

    /** Whose token this is. Takes as long for a wrong one, however much of it is right. */
    Optional<Identity> of(byte[] token) {
        if (token.length > Token.MAX_BYTES) {
            return Optional.empty();
        }
        byte[] digest = Sha256.of(token);
        @Nullable Identity found = null;
        for (TokenDigest known : byToken) { // all of them: when it ends must not tell which one
            boolean same = MessageDigest.isEqual(known.sha256(), digest);
            found = same ? known.identity() : found;
        }
        return Optional.ofNullable(found);
    }

    /**
     * A token as it is held.
     *
     * @param sha256 32 bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // compared in constant time or not at all
    record TokenDigest(byte[] sha256, Identity identity) {

        @Override
        public String toString() {
            return "token of " + identity.name();
        }
    }
}
