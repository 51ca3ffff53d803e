package reeve.run.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Words before a command that put it where it belongs before it begins.
final class Joining {
    private static final List<Path> TOOLS = Stream.of("/usr/bin", "/bin", "/usr/sbin", "/sbin").map(Path::of).toList();

    /// Moves itself into cgroups, then becomes the command. Perl hands on every environment variable, a shell those it can name.
    private static final String PERL = """
            while (defined($_ = shift) && $_ ne '--') { open F, '>', "$_/cgroup.procs" and syswrite F, $$ and close F }
            exec { $ARGV[0] } @ARGV; print STDERR "cannot run $ARGV[0]: $!\\n"; exit 127""";
    private static final String SHELL = """
            while [ "$1" != -- ]; do echo $$ >"$1/cgroup.procs"; shift; done; shift; exec "$@\"""";

    private Joining() {}

    /// @param cgroups to join; none means no words
    static List<String> words(List<Path> cgroups) {
        if (cgroups.isEmpty()) {
            return List.of();
        }
        var words = new ArrayList<>(Shim.Interpreter.best() == Shim.Interpreter.PERL
                ? List.of("/usr/bin/perl", "-e", PERL) : List.of("/bin/sh", "-c", SHELL, "sh"));
        cgroups.forEach(folder -> words.add(folder.toString()));
        words.add("--");
        return words;
    }

    /// A program of the system's, wherever the service's PATH leads.
    /// @throws IOException where the machine has none
    static String tool(String name) throws IOException {
        return TOOLS.stream().map(folder -> folder.resolve(name)).filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new IOException("this machine has no " + name)).toString();
    }
}
