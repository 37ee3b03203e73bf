package io.walreceiver.transport.netty.security;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Reads tokens: a secret on one line of a file, of letters, digits and {@code - . _ ~ + / =}, which go into an HTTP header as they are.
 * By its length it holds 128 bits or more: 32 characters if all are hexadecimal digits, else 22.
 */
final class Token {

    static final int MAX_BYTES = 1024;

    private static final int MIN_CHARACTERS = 22;
    private static final int MIN_HEX_DIGITS = 32;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]+");
    private static final String MAKE_ONE = "make one: openssl rand -base64 32";

    private Token() {}

    /**
     * Reads a token; blanks and line ends around it do not count.
     *
     * @throws SecurityFileException if there is none, or it is too weak
     */
    static byte[] read(FileSnapshot files, Path file) throws SecurityFileException {
        // ISO-8859-1 maps every byte, so that what is no text fails by its form.
        String text = new String(files.read(file), StandardCharsets.ISO_8859_1).strip();
        if (text.isEmpty()) {
            throw new SecurityFileException(file, "holds no token", MAKE_ONE);
        }
        if (text.length() > MAX_BYTES || !FORM.matcher(text).matches()) {
            throw new SecurityFileException(
                    file,
                    "expected a token on one line, up to " + MAX_BYTES
                            + " letters, digits and -._~+/ (and = at the end), found something else",
                    MAKE_ONE);
        }
        int least = HEX.matcher(text).matches() ? MIN_HEX_DIGITS : MIN_CHARACTERS;
        if (text.length() < least) {
            throw new SecurityFileException(
                    file,
                    "the token has " + text.length() + " characters, expected " + least + " or more (128 bits)",
                    MAKE_ONE);
        }
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
