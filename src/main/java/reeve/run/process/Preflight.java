package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import reeve.base.PrivateFiles;
import reeve.run.supervise.Driver.Work;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

/// Looks whether a program can be started at all, so that what is wrong is said in plain words and at once.
final class Preflight {
    private static final Path ROOT = Path.of("/");
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private Preflight() {}

    /// Why nothing was started; the message is fit for a user's eyes.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /// @param anyName whether names of variables need not be identifiers
    /// @return the program's file
    static Path check(Work.Program work, Map<String, String> environment, boolean anyName) throws Refused {
        words(work.command(), environment, anyName);
        if (!Files.isDirectory(work.workingDirectory())) {
            throw new Refused("cannot use working directory " + work.workingDirectory() + ": "
                    + (Files.exists(work.workingDirectory()) ? "not a folder" : "it does not exist"));
        }
        return program(ROOT, work.command().getFirst(), environment.getOrDefault("PATH", ""), work.workingDirectory());
    }

    /// What can be handed to a program at all.
    static void words(List<String> command, Map<String, String> environment, boolean anyName) throws Refused {
        if (command.isEmpty()) {
            throw new Refused("cannot run an empty command");
        }
        for (String argument : command) {
            refuseNul("an argument", argument);
        }
        for (var variable : environment.entrySet()) {
            checkVariable(variable.getKey(), variable.getValue(), anyName);
        }
    }

    private static void checkVariable(String name, String value, boolean anyName) throws Refused {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\n') >= 0) {
            throw new Refused("cannot pass an environment variable named '" + name.replace('\n', ' ') + "': no such name is possible");
        }
        if (!anyName && !IDENTIFIER.matcher(name).matches()) {
            throw new Refused("cannot pass an environment variable named '" + name + "': without perl on this machine"
                    + " only letters, digits and '_' are possible");
        }
        refuseNul("the name of an environment variable", name);
        refuseNul("environment variable " + name, value);
    }

    private static void refuseNul(String what, String text) throws Refused {
        if (text.indexOf('\0') >= 0) {
            throw new Refused("cannot pass " + what + ": it has a NUL character");
        }
    }

    /// The log and its folder are nobody else's to read, whatever the state folder's mode and the umask.
    static void prepareLog(Path log) throws Refused {
        try {
            PrivateFiles.folder(log.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new Refused("cannot make the folder of log " + log + ": " + e.getMessage());
        }
        if (Files.exists(log, NOFOLLOW_LINKS) && !Files.isRegularFile(log, NOFOLLOW_LINKS)) {
            throw new Refused("cannot write log " + log + ": it is not a plain file");
        }
        try {
            PrivateFiles.file(log);
        } catch (IOException e) {
            throw new Refused("cannot write log " + log + ": " + e.getMessage());
        }
    }

    /// Where execvp(3) would find a program.
    /// @param root the top of the tree that the program will see
    static Path program(Path root, String name, String path, Path directory) throws Refused {
        if (name.indexOf('/') >= 0) {
            Path file = directory.resolve(name);
            if (!Files.exists(within(root, file))) {
                throw new Refused("cannot run " + name + ": no such file");
            }
            if (!runnable(within(root, file))) {
                throw new Refused("cannot run " + name + ": "
                        + (Files.isDirectory(within(root, file)) ? "it is a folder" : "it is not executable"));
            }
            return file;
        }
        for (String folder : path.split(":", -1)) { // an empty entry is the working directory
            Path file = directory.resolve(folder).resolve(name);
            if (!name.isEmpty() && runnable(within(root, file))) {
                return file;
            }
        }
        throw new Refused("cannot run '" + name + "': it is not in any folder of the service's PATH"
                    + (path.length() > 100 ? "" : " (" + path + ")"));
    }

    /// Where this process finds what another sees at an absolute path.
    static Path within(Path root, Path file) {
        return root.resolve(ROOT.relativize(file.toAbsolutePath()));
    }

    private static boolean runnable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
