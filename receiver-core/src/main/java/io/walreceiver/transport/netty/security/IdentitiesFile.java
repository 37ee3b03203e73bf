package io.walreceiver.transport.netty.security;

import io.walreceiver.transport.netty.security.Identities.TokenDigest;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file that lists identities, one a line: a name, then in any order how he is known and what he may do.
 *
 * <pre>
 * # identity  how                          what
 * leader-1    san=leader-1.example.org     write=1:* read=*
 * edge        token-file=tokens/edge       read=1:3,1:4
 * operator    token-sha256=9f86d081...     admin read=*
 * </pre>
 *
 * <p>All mistakes are reported at once. They quote no value that could be a token pasted in the wrong place.
 */
final class IdentitiesFile {

    private static final String NEXT_STEP = "correct it; docs/security.md shows the form";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@/-]{0,63}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{" + 2 * Sha256.BYTES + "}");
    private static final Pattern DNS_NAME = Pattern.compile("(?![0-9.]+$)[A-Za-z0-9._-]{1,253}");
    private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:[!-~&&[^#]]{1,2000}");

    private final FileSnapshot files;
    private final Path file;
    private final List<String> mistakes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Integer> lineOfName = new HashMap<>();
    private final Map<String, Integer> lineOfSubjectName = new HashMap<>();
    private final Map<String, Integer> lineOfToken = new HashMap<>();
    private final Map<String, Identity> bySubjectName = new HashMap<>();
    private final List<TokenDigest> byToken = new ArrayList<>();

    private IdentitiesFile(FileSnapshot files, Path file) {
        this.files = files;
        this.file = file;
    }

    /**
     * Reads the file and the tokens that it names.
     *
     * @throws SecurityFileException if it holds a mistake: then it names all of them
     */
    static Loaded<Identities> read(FileSnapshot files, Path file) throws SecurityFileException {
        return new IdentitiesFile(files, file).read();
    }

    private Loaded<Identities> read() throws SecurityFileException {
        String[] lines = new String(files.read(file), StandardCharsets.UTF_8).split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                identity(i + 1, line.split("\\s+"));
            }
        }
        if (!mistakes.isEmpty()) {
            throw new SecurityFileException(file, mistakes, NEXT_STEP, null);
        }
        if (bySubjectName.isEmpty() && byToken.isEmpty()) {
            throw new SecurityFileException(file, "lists nobody, so nobody could connect", NEXT_STEP);
        }
        return new Loaded<>(new Identities(bySubjectName, byToken), warnings);
    }

    private void identity(int line, String[] words) {
        String name = words[0];
        if (!NAME.matcher(name).matches()) {
            mistake(line, "the first word is no name: expected a letter or digit, then up to 63 of them and ._@/-");
            return;
        }
        @Nullable Integer before = lineOfName.putIfAbsent(name, line);
        if (before != null) {
            mistake(line, "identity " + name + " is on line " + before + " already: expected one line for each");
        }
        Entry entry = new Entry();
        for (int i = 1; i < words.length && !words[i].startsWith("#"); i++) {
            word(line, i + 1, words[i], entry);
        }
        if (entry.subjectNames.isEmpty() && entry.tokens.isEmpty() && !entry.unclear) {
            mistake(line, "nothing says how " + name + " is known: expected san=, token-file= or token-sha256=");
        }
        if (!entry.admin && entry.write == LogPatterns.NONE && entry.read == LogPatterns.NONE && !entry.unclear) {
            mistake(line, "nothing says what " + name + " may do: expected write=, read= or admin");
        }
        Identity identity = new Identity(name, entry.write, entry.read, entry.admin);
        entry.subjectNames.forEach(subjectName -> bySubjectName.put(subjectName, identity));
        entry.tokens.forEach(sha256 -> byToken.add(new TokenDigest(sha256, identity)));
    }

    private void word(int line, int number, String word, Entry entry) {
        int equals = word.indexOf('=');
        String key = equals < 0 ? word : word.substring(0, equals);
        String value = word.substring(equals + 1);
        int mistakesBefore = mistakes.size();
        if (equals < 0 && key.equals("admin")) {
            entry.admin = true;
        } else if (equals >= 0 && key.equals("san")) {
            subjectName(line, value, entry);
        } else if (equals >= 0 && key.equals("token-file")) {
            tokenFile(line, value, entry);
        } else if (equals >= 0 && key.equals("token-sha256")) {
            tokenDigest(line, value, entry);
        } else if (equals >= 0 && key.equals("write")) {
            entry.write = logs(line, key, value, entry.write);
        } else if (equals >= 0 && key.equals("read")) {
            entry.read = logs(line, key, value, entry.read);
        } else {
            mistake(
                    line,
                    "word " + number
                            + " is none of san=NAME, token-file=FILE, token-sha256=DIGEST, write=LOGS, read=LOGS,"
                            + " admin");
        }
        entry.unclear |= mistakes.size() > mistakesBefore;
    }

    private void subjectName(int line, String value, Entry entry) {
        Pattern form = SubjectNames.isUri(value) ? URI : DNS_NAME;
        if (!form.matcher(value).matches()) {
            mistake(
                    line,
                    "san='" + PrintableText.of(value)
                            + "' is neither a DNS name nor a URI (no address, and no *: names are compared whole)");
            return;
        }
        String subjectName = SubjectNames.comparable(value);
        @Nullable Integer before = lineOfSubjectName.putIfAbsent(subjectName, line);
        if (before != null) {
            mistake(line, "san=" + value + " is on line " + before + " already: expected one identity for each");
        }
        entry.subjectNames.add(subjectName);
    }

    private void tokenFile(int line, String value, Entry entry) {
        try {
            Path token = file.resolveSibling(value);
            byte[] secret = Token.read(files, token);
            warnings.addAll(FileSnapshot.warnIfOthersMayRead(token));
            token(line, Sha256.of(secret), entry);
        } catch (SecurityFileException e) {
            mistake(
                    line,
                    "token-file=" + PrintableText.of(value) + ": "
                            + e.problems().get(0) + " (" + e.nextStep() + ")");
        } catch (InvalidPathException e) {
            mistake(line, "token-file= names no file: " + PrintableText.of(String.valueOf(e.getReason())));
        }
    }

    private void tokenDigest(int line, String value, Entry entry) {
        if (!DIGEST.matcher(value).matches()) {
            mistake(
                    line,
                    "token-sha256= expected " + 2 * Sha256.BYTES + " hexadecimal digits, found " + value.length()
                            + " characters: printf %s TOKEN | sha256sum");
            return;
        }
        token(line, HexFormat.of().parseHex(value), entry);
    }

    private void token(int line, byte[] sha256, Entry entry) {
        @Nullable Integer before = lineOfToken.putIfAbsent(HexFormat.of().formatHex(sha256), line);
        if (before != null) {
            mistake(line, "the same token is on line " + before + " already: expected one identity for each");
        }
        entry.tokens.add(sha256);
    }

    private LogPatterns logs(int line, String key, String value, LogPatterns before) {
        try {
            return before.and(LogPatterns.parse(value));
        } catch (IllegalArgumentException e) {
            mistake(line, key + "=: " + e.getMessage());
            return before;
        }
    }

    private void mistake(int line, String what) {
        mistakes.add("line " + line + ": " + what);
    }

    /** What has been read of a line. */
    private static final class Entry {
        private final List<String> subjectNames = new ArrayList<>();
        private final List<byte[]> tokens = new ArrayList<>();
        private LogPatterns write = LogPatterns.NONE;
        private LogPatterns read = LogPatterns.NONE;
        private boolean admin;
        private boolean unclear;
    }
}
