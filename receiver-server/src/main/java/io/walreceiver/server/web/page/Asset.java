package io.walreceiver.server.web.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A file of the page.
 *
 * @param name without a folder
 * @param bytes never changed
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Asset(String name, String contentType, byte[] bytes) {

    private static final int DIGEST_CHARACTERS = 12;

    static Asset read(String folder, String name, String contentType) {
        try (InputStream in = Asset.class.getResourceAsStream(folder + name)) {
            if (in == null) {
                throw new IllegalStateException("the program is not whole: it lacks " + folder + name);
            }
            return new Asset(name, contentType, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("the program's own " + folder + name + " cannot be read", e);
        }
    }

    /** Tells one version of the files from another. */
    static String digest(List<Asset> assets) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Asset asset : assets) {
                digest.update(asset.name().getBytes(StandardCharsets.UTF_8));
                digest.update(asset.bytes());
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, DIGEST_CHARACTERS);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
