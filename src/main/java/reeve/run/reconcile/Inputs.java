package reeve.run.reconcile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import reeve.model.AppSpec;
import reeve.model.EnvFile;
import reeve.model.Failure;
import reeve.model.Secrets;
import reeve.model.ServiceSpec;
import reeve.run.reconcile.Surroundings.Input;

/// The files besides the manifest that services are started with: env files and secrets. A change of one means a restart.
final class Inputs {
    /// More than any secret or env file needs.
    static final int MOST_BYTES = 1024 * 1024;

    private final SecretTexts secrets;

    Inputs(SecretTexts secrets) {
        this.secrets = secrets;
    }

    /// What a service's digest is made of.
    record Used(List<String> envFiles, List<String> secrets) {}

    /// @throws Resolution.Unfilled when one is missing, or cannot be read now
    static Used used(ServiceSpec spec, Map<Path, Input> inputs) {
        var envFiles = new ArrayList<String>();
        for (EnvFile file : spec.envFiles()) {
            Input input = inputs.getOrDefault(file.path(), new Input.Absent());
            boolean absent = !file.required() && input instanceof Input.Absent;
            envFiles.add(file.path() + (file.required() ? "" : "?") + (absent ? "" : " " + content("env_file " + file.path(), input)));
        }
        var secrets = new ArrayList<String>();
        spec.secrets().files().forEach(file -> secrets.add(file.name() + " " + secret(file.name(), file.source(), inputs)));
        new TreeMap<>(spec.secrets().environment()).forEach((name, source) -> secrets.add(name + "=" + secret(name, source, inputs)));
        return new Used(envFiles, secrets);
    }

    /// What a service needs and is not there: it cannot run.
    static Optional<String> missing(ServiceSpec spec, Map<Path, Input> inputs) {
        try {
            used(spec, inputs);
            return Optional.empty();
        } catch (Resolution.Unfilled e) {
            return e.outcome() instanceof Resolution.Missing(String reason) ? Optional.of(reason) : Optional.empty();
        }
    }

    private static String secret(String name, Secrets.Source source, Map<Path, Input> inputs) {
        return switch (source) {
            case Secrets.Source.OfFile(Path path) ->
                    content("secret '" + name + "', file " + path, inputs.getOrDefault(path, new Input.Absent()));
            case Secrets.Source.Generated(String key, int bytes) -> key + " " + bytes; // once made it never changes
        };
    }

    private static String content(String what, Input input) {
        return switch (input) {
            case Input.Content(String fingerprint) -> fingerprint;
            case Input.Absent() -> throw new Resolution.Unfilled(new Resolution.Missing(what + ": there is no such file"));
            case Input.Unreadable(String reason) -> throw new Resolution.Unfilled(new Resolution.Unknown(what + ": " + reason));
        };
    }

    /// Looks at every file that an app's services need. Blocks for IO.
    Map<Path, Input> look(AppSpec app) {
        var found = new HashMap<Path, Input>();
        for (ServiceSpec spec : app.all()) {
            spec.envFiles().forEach(file -> found.computeIfAbsent(file.path(), _ -> envFile(file)));
            spec.secrets().files().forEach(file -> look(file.source(), found));
            spec.secrets().environment().values().forEach(source -> look(source, found));
        }
        return found;
    }

    private void look(Secrets.Source source, Map<Path, Input> found) {
        if (source instanceof Secrets.Source.OfFile(Path path)) {
            found.computeIfAbsent(path, this::look);
        }
    }

    private Input envFile(EnvFile file) {
        Input input = look(file.path());
        if (input instanceof Input.Content) {
            try {
                EnvFiles.read(file);
            } catch (Failure notUnderstood) {
                return new Input.Unreadable(String.valueOf(notUnderstood.getMessage()));
            }
        }
        return input;
    }

    private Input look(Path path) {
        try {
            return new Input.Content(secrets.fingerprint(bytes(path)));
        } catch (NoSuchFileException e) {
            return new Input.Absent();
        } catch (IOException e) {
            return new Input.Unreadable("cannot read it: " + e.getMessage());
        }
    }

    private static byte[] bytes(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException("it is larger than 1 MiB");
            }
            return bytes;
        }
    }
}
