package reeve.front.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reeve.model.ManifestSource;

/// `check`: whether all would go well.
@Command(name = "check", description =
        "Validate configuration, manifests and this machine; starts nothing. Exit code 1 when something is wrong.")
final class CheckVerb implements Callable<Integer> {
    private final Surroundings around;

    @Option(names = "--config", paramLabel = "FILE", description = "Node configuration.")
    @Nullable
    Path config;

    @Mixin
    Manifests manifests = new Manifests();

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    boolean help;

    CheckVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        List<ManifestSource> sources = manifests.read(around);
        List<String> problems = around.server().check(Optional.ofNullable(config).map(around::absolute), sources);
        problems.forEach(problem -> around.out().println(Printable.line(problem)));
        if (problems.isEmpty()) {
            around.out().println("All is well.");
        }
        return problems.isEmpty() ? 0 : 1;
    }
}
