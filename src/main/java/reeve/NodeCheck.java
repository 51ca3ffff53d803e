package reeve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import reeve.declare.manifest.ManifestReader;
import reeve.declare.settings.Machine;
import reeve.declare.settings.Settings;
import reeve.declare.settings.SettingsReader;
import reeve.model.EnvFile;
import reeve.model.ManifestSource;
import reeve.model.Secrets;
import reeve.model.ServiceSpec;
import reeve.model.Template;
import reeve.model.Workload;

/// `reeve check`: says what would go wrong, and starts nothing.
record NodeCheck(Machine machine) {
    private static final List<String> NEEDED = List.of("sh", "setsid");

    /// @return what is wrong, one line each
    List<String> check(Optional<Path> config, List<ManifestSource> manifests) {
        var problems = new ArrayList<String>();
        switch (SettingsReader.load(machine, config, Map.of())) {
            case SettingsReader.Result.Refused(List<String> errors) -> problems.addAll(errors);
            case SettingsReader.Result.Read(Settings settings) -> state(settings.state()).ifPresent(problems::add);
        }
        NEEDED.stream().filter(program -> find(program).isEmpty())
                .forEach(program -> problems.add("cannot run services: there is no program '" + program + "' on the PATH"));
        manifests.forEach(source -> problems.addAll(manifest(source)));
        return problems;
    }

    /// The nearest folder that is there already must be ours to write.
    private static Optional<String> state(Path state) {
        Path existing = state;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        boolean usable = Files.isDirectory(existing) && Files.isWritable(existing);
        return usable ? Optional.empty()
                : Optional.of("cannot keep state in " + state + ": " + existing + " is not a folder that this user may write");
    }

    private List<String> manifest(ManifestSource source) {
        return switch (new ManifestReader().read(source)) {
            case ManifestReader.Result.Refused(var errors) -> errors.stream().map(Object::toString).toList();
            case ManifestReader.Result.Read(var spec, var warnings) -> Stream.concat(
                            warnings.stream().map(warning -> warning + " (warning)"),
                            spec.services().stream().flatMap(service -> service(source.file(), service)))
                    .toList();
        };
    }

    private Stream<String> service(Path file, ServiceSpec service) {
        var problems = new ArrayList<String>();
        String at = at(file, service);
        switch (service.workload()) {
            case Workload.Process(List<Template> command, Path workingDirectory) -> {
                process(at, command, workingDirectory, problems);
                service.confinement().user().map(user -> user.split(":", 2)[0]).filter(user -> !exists(user))
                        .ifPresent(user -> problems.add(at + "there is no user " + user));
            }
            case Workload.Container container -> ContainerCheck.missing(container).forEach(missing -> problems.add(at + missing));
        }
        Stream.concat(service.secrets().files().stream().map(Secrets.File::source), service.secrets().environment().values().stream())
                .distinct().forEach(source -> {
                    if (source instanceof Secrets.Source.OfFile(Path path) && !Files.isReadable(path)) {
                        problems.add(at + "cannot read the secret " + path);
                    }
                });
        service.envFiles().stream().filter(EnvFile::required).filter(env -> !Files.isReadable(env.path()))
                .forEach(env -> problems.add(at + "cannot read env_file " + env.path()));
        return problems.stream();
    }

    private static String at(Path file, ServiceSpec service) {
        return file + ": services." + service.name() + ": ";
    }

    private void process(String at, List<Template> command, Path workingDirectory, List<String> problems) {
        Template program = command.getFirst();
        if (program.references().isEmpty()) {
            String name = program.toString().replace("$$", "$");
            if (!runnable(name, workingDirectory)) {
                problems.add(at + "cannot find the program '" + name + "'");
            }
        }
        if (!Files.isDirectory(workingDirectory)) {
            problems.add(at + "there is no folder " + workingDirectory);
        }
    }

    /// Numbers are of somebody even where they have no name.
    private static boolean exists(String user) {
        try {
            FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
            return true;
        } catch (UserPrincipalNotFoundException none) {
            return false; // which is what was asked
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean runnable(String program, Path workingDirectory) {
        return program.contains("/") ? Files.isExecutable(workingDirectory.resolve(program)) : find(program).isPresent();
    }

    private Optional<Path> find(String program) {
        return Stream.of(machine.variables().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin").split(":"))
                .map(folder -> Path.of(folder).resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
