package io.walreceiver.transport.netty.security;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** The names that a certificate is for: its subject alternative names that are DNS names, addresses or URIs. */
final class SubjectNames {

    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;

    private SubjectNames() {}

    /** All names, as the certificate has them. */
    static List<String> all(X509Certificate certificate) {
        return of(certificate, List.of(DNS, URI, IP));
    }

    /** The names that an identity can be known by: DNS names in small letters, and URIs. */
    static List<String> identifying(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        // A DNS name with a colon could pass for a URI.
        of(certificate, List.of(DNS)).stream()
                .filter(name -> !isUri(name))
                .map(SubjectNames::comparable)
                .forEach(names::add);
        of(certificate, List.of(URI)).stream().filter(SubjectNames::isUri).forEach(names::add);
        return names;
    }

    /** The form in which names are compared: upper and lower case make no difference in DNS, but do in URIs. */
    static String comparable(String name) {
        return isUri(name) ? name : name.toLowerCase(Locale.ROOT);
    }

    static boolean isUri(String name) {
        return name.indexOf(':') >= 0;
    }

    private static List<String> of(X509Certificate certificate, List<Integer> types) {
        List<String> names = new ArrayList<>();
        for (List<?> name : entries(certificate)) {
            if (name.size() == 2 && types.contains(name.get(0)) && name.get(1) instanceof String text) {
                names.add(text);
            }
        }
        return names;
    }

    private static Collection<List<?>> entries(X509Certificate certificate) {
        try {
            Collection<List<?>> entries = certificate.getSubjectAlternativeNames();
            return entries == null ? List.of() : entries;
        } catch (CertificateParsingException e) {
            return List.of(); // a certificate whose names cannot be read has none
        }
    }
}
