package reeve.run.container;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// The files that an image is built from, as a tar: a folder without what its `.dockerignore` names, and the Dockerfile.
/// @param dockerfile its name in the tar
record BuildContext(Path folder, Path file, String dockerfile) {
    private static final String OUTSIDE = ".reeve.Dockerfile";

    static BuildContext of(Path folder, Path file) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no folder " + folder + " to build from");
        }
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no file " + file + " to build by");
        }
        return new BuildContext(folder, file, file.startsWith(folder) ? folder.relativize(file).toString() : OUTSIDE);
    }

    void writeTo(OutputStream out) throws IOException {
        var tar = new TarOutput(out);
        Path ignore = folder.resolve(".dockerignore");
        Ignored ignored = Ignored.parse(Files.exists(ignore) ? Files.readAllLines(ignore) : List.of());
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                String name = folder.relativize(path).toString();
                if (!name.isEmpty() && ignored.test(name)) {
                    return ignored.hasExceptions() ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                }
                if (!name.isEmpty()) {
                    tar.folder(name, path);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                String name = folder.relativize(path).toString();
                boolean needed = name.equals(dockerfile) || name.equals(".dockerignore");
                if (needed || !ignored.test(name)) {
                    if (attributes.isSymbolicLink()) {
                        tar.link(name, Files.readSymbolicLink(path).toString());
                    } else if (attributes.isRegularFile()) {
                        tar.file(name, path); // sockets and the like cannot be built from
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        if (dockerfile.equals(OUTSIDE)) {
            tar.file(OUTSIDE, file);
        }
        tar.end();
    }

    /// The rules of a `.dockerignore`: the last one that matches a path, or a folder above it, decides.
    record Ignored(List<Rule> rules) implements Predicate<String> {
        record Rule(Pattern pattern, boolean ignores) {}

        static Ignored parse(List<String> lines) {
            var rules = new ArrayList<Rule>();
            for (String line : lines) {
                String text = line.strip();
                boolean exception = text.startsWith("!");
                String glob = (exception ? text.substring(1).strip() : text).replaceFirst("^/+", "").replaceFirst("/+$", "");
                if (!glob.isEmpty() && !text.startsWith("#")) {
                    rules.add(new Rule(Pattern.compile(regex(glob) + "(/.*)?"), !exception));
                }
            }
            return new Ignored(rules);
        }

        private static String regex(String glob) {
            var regex = new StringBuilder();
            for (int i = 0; i < glob.length(); i++) {
                char c = glob.charAt(i);
                if (glob.startsWith("**/", i)) {
                    regex.append("(.*/)?");
                    i += 2;
                } else if (glob.startsWith("**", i)) {
                    regex.append(".*");
                    i++;
                } else if (c == '*') {
                    regex.append("[^/]*");
                } else if (c == '?') {
                    regex.append("[^/]");
                } else {
                    regex.append(Pattern.quote(String.valueOf(c)));
                }
            }
            return regex.toString();
        }

        boolean hasExceptions() {
            return rules.stream().anyMatch(rule -> !rule.ignores);
        }

        @Override
        public boolean test(String path) {
            boolean ignored = false;
            for (Rule rule : rules) {
                if (rule.pattern.matcher(path).matches()) {
                    ignored = rule.ignores;
                }
            }
            return ignored;
        }
    }
}
