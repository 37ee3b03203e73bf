package io.walreceiver.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/embedding.md shows is, line by line, part of a file that is compiled or read by a test. */
class EmbeddingGuideTest {

    private static final Path ROOT = Path.of(System.getProperty("vectors")).getParent();
    private static final List<String> SOURCES =
            List.of("examples", "receiver-test/src/test", "receiver-spring-boot-starter/src/test");
    private static final Set<String> LANGUAGES = Set.of("java", "xml", "yaml");
    private static final Pattern FENCE = Pattern.compile("^```(\\w+)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    @Test
    void everySnippetIsCompiled() throws IOException {
        List<String> sources = sources();
        List<String> snippets = snippets();

        assertThat(snippets).hasSizeGreaterThan(10);
        assertThat(snippets)
                .allSatisfy(snippet -> assertThat(sources)
                        .as("a file in one of %s with the lines%n%s", SOURCES, snippet)
                        .anyMatch(source -> shows(source, snippet)));
    }

    private static List<String> snippets() throws IOException {
        Matcher fences = FENCE.matcher(Files.readString(ROOT.resolve("docs/embedding.md")));
        List<String> snippets = new ArrayList<>();
        while (fences.find()) {
            if (LANGUAGES.contains(fences.group(1))) {
                snippets.add(fences.group(2));
            }
        }
        return snippets;
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        for (String folder : SOURCES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                for (Path file : files.filter(EmbeddingGuideTest::isSource).toList()) {
                    sources.add(Files.readString(file));
                }
            }
        }
        return sources;
    }

    private static boolean isSource(Path file) {
        return LANGUAGES.stream().anyMatch(language -> file.toString().endsWith("." + language))
                && !ROOT.relativize(file).toString().contains("target");
    }

    /** Whether the lines are there one after the other, all indented by so much more. */
    private static boolean shows(String source, String snippet) {
        List<String> lines = source.lines().toList();
        List<String> shown = snippet.lines().toList();
        for (int start = 0; start + shown.size() <= lines.size(); start++) {
            String first = lines.get(start);
            int indent = first.length() - shown.get(0).length();
            if (indent >= 0 && first.substring(0, indent).isBlank() && sameLines(lines, start, indent, shown)) {
                return true;
            }
        }
        return false;
    }

    private static boolean sameLines(List<String> lines, int start, int indent, List<String> shown) {
        for (int i = 0; i < shown.size(); i++) {
            String line = lines.get(start + i);
            if (!(line.isBlank() ? "" : line).equals(shown.get(i).isBlank() ? "" : " ".repeat(indent) + shown.get(i))) {
                return false;
            }
        }
        return true;
    }
}
