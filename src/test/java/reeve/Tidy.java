package reeve;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The rules of the house that only source text shows. Each check takes one file and returns what breaks it, with what to do instead.
final class Tidy {
    private static final int LONGEST_LINE = 140;
    private static final Pattern NAMED_FILE =
            Pattern.compile("(?<![\\w/.-])((?:src|docs|bench|examples|scripts)/[\\w/.-]*\\w|[A-Z][\\w-]*\\.(?:md|java))\\b");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)#\\s]+)(#[^)]*)?\\)");

    private Tidy() {}

    /// A pattern that no line may hold.
    /// @param applies to which files, by path from the root of the repository
    private record Ban(Predicate<String> applies, String pattern, String instead) {
        Ban {
            Pattern.compile(pattern);
        }
    }

    private static final Predicate<String> JAVA = path -> path.endsWith(".java");
    private static final Predicate<String> TEST = JAVA.and(path -> path.startsWith("src/test/") && !path.contains("/testing/violation/"));
    private static final Predicate<String> ALL = path -> true;

    private static final List<Ban> BANS = List.of(
            new Ban(TEST, "Thread\\.sleep|TimeUnit\\.[A-Z]+\\.sleep|parkNanos",
                    "move VirtualTime, or await a condition with a deadline (Awaitility)"),
            new Ban(JAVA, "^import (static )?[\\w.]+\\.\\*;", "import each name"),
            new Ban(ALL, "\\b(TODO|FIXME|XXX)\\b", "do it, or write an issue"),
            new Ban(JAVA, "\\b(class|interface|record|enum) \\w*(Impl|Manager|Util|Utils|Helper)\\b",
                    "name it after what it is"),
            new Ban(JAVA, "\\bpublic\\b[^;={]*\\b(long|int|double) \\w*(Ms|Millis|Nanos|Seconds|Secs)\\b",
                    "take or return a Duration, an Instant or an Elapsed"),
            new Ban(JAVA, "@SuppressWarnings\\((?!\"(unchecked|rawtypes|serial|restricted|try)\"\\))",
                    "suppress one warning by its name, or none"),
            new Ban(ALL, "(?<![\\w.~}$])/(work|root)/",
                    "name no folder of the machine that built it"),
            new Ban(ALL, "repo1?\\.maven|registry\\.npmjs|deb\\.debian\\.org",
                    "name no registry host: people have their mirrors"));

    static List<String> bans(String path, String text) {
        var found = new ArrayList<String>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            for (Ban ban : BANS) {
                if (ban.applies().test(path) && Pattern.compile(ban.pattern()).matcher(lines.get(i)).find()) {
                    found.add(path + ":" + (i + 1) + ": " + lines.get(i).strip() + " -> " + ban.instead());
                }
            }
        }
        return found;
    }

    /// Code and launchers, but for the text blocks in them; a row of a table, a link or an expected message cannot be broken, nor a
    /// benchmark's configuration of another program.
    static List<String> longLines(String path, String text) {
        boolean exempt = Stream.of("docs/", "bench/", "src/test/resources/", "LICENSE", "pom.xml").anyMatch(path::startsWith);
        if (exempt || path.endsWith(".md") || path.endsWith(".jte")) {
            return List.of();
        }
        var found = new ArrayList<String>();
        boolean inTextBlock = false;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            if (!inTextBlock && line.length() > LONGEST_LINE) {
                found.add(path + ":" + number + ": longer than " + LONGEST_LINE + " -> break it, or give a part a name");
            }
            inTextBlock ^= JAVA.test(path) && line.split("\"\"\"", -1).length % 2 == 0;
        }
        return found;
    }

    /// A catch whose block is empty, or (but in tests) returns nothing that tells of the exception, says why in a comment. An empty
    /// `Optional` is an outcome.
    static List<String> silentCatches(String path, String text) {
        if (!JAVA.test(path)) {
            return List.of();
        }
        String silent = "((return( (null|true|false|-?\\d+|\"\"|\\w+\\.of\\(\\)))?|continue|break);[ \\t]*)?\\n?\\s*";
        return Pattern.compile("catch \\([^)]*\\) \\{\\s*" + (path.startsWith("src/test/") ? "" : silent) + "\\}").matcher(text).results()
                .map(match -> at(path, text, match) + "ignores an exception -> handle it, or say in a comment why it does not matter")
                .toList();
    }

    /// The first public type of a file has a `///` comment, unless the file is a test class.
    static List<String> undocumented(String path, String text) {
        if (!JAVA.test(path) || path.endsWith("Test.java") || path.endsWith("package-info.java")) {
            return List.of();
        }
        var type = Pattern.compile("(?m)^public [\\w -]*(class|interface|record|enum|@interface) \\w+").matcher(text);
        if (!type.find()) {
            return List.of();
        }
        boolean documented = text.substring(0, type.start()).lines().anyMatch(line -> line.startsWith("///"));
        return documented ? List.of()
                : List.of(path + ": a public type has no /// comment -> say what it is for, its units, threads and errors");
    }

    /// Files named in comments and documents exist.
    static List<String> lostFiles(String path, String text, Predicate<String> exists) {
        boolean document = path.endsWith(".md");
        if (!document && !JAVA.test(path) || path.contains("/testing/violation/")) {
            return List.of();
        }
        return NAMED_FILE.matcher(text).results()
                .filter(match -> document || comment(text, match.start()))
                .filter(match -> !match.group(1).contains("NNNN") && !exists.test(match.group(1)))
                .map(match -> at(path, text, match) + "there is no " + match.group(1) + " -> name what is there")
                .toList();
    }

    /// Relative links of a document lead somewhere.
    static List<String> brokenLinks(Path root, String path, String text) {
        if (!path.endsWith(".md")) {
            return List.of();
        }
        Path folder = root.resolve(path).toAbsolutePath().getParent();
        return LINK.matcher(text).results()
                .filter(match -> !match.group(1).contains("://") && !match.group(1).startsWith("mailto:"))
                .filter(match -> folder == null || !Files.exists(folder.resolve(match.group(1))))
                .map(match -> at(path, text, match) + "the link " + match.group(1) + " leads nowhere -> correct it")
                .toList();
    }

    private static boolean comment(String text, int position) {
        String line = text.substring(text.lastIndexOf('\n', position) + 1, position);
        return line.contains("//") || line.stripLeading().startsWith("*");
    }

    private static String at(String path, String text, MatchResult match) {
        return path + ":" + (1 + text.substring(0, match.start()).chars().filter(c -> c == '\n').count()) + ": ";
    }
}
