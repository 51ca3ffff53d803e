package reeve.declare.manifest;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Value;
import reeve.model.ServiceName;
import reeve.model.Template;
import reeve.model.Workload.Build;
import reeve.model.Workload.Image;
import reeve.model.Workload.PullPolicy;

/// Reads where a container's file system comes from: `image`, `build`, `pull_policy`, `image_archive`.
final class ImageReader {
    private static final Map<String, PullPolicy> POLICIES = Map.of("always", PullPolicy.ALWAYS, "missing", PullPolicy.MISSING,
            "if_not_present", PullPolicy.MISSING, "if-not-present", PullPolicy.MISSING, "never", PullPolicy.NEVER,
            "build", PullPolicy.BUILD);
    private static final List<String> POLICY_WORDS = List.of("always", "missing", "never", "build");

    private final Scope scope;
    private final EnvironmentReader environments;

    ImageReader(Scope scope) {
        this.scope = scope;
        this.environments = new EnvironmentReader(scope);
    }

    /// @param archive `image_archive`
    Image read(ServiceName service, Value where, Fields fields, Optional<Value> archive) {
        Optional<Build> build = fields.get("build").map(this::build);
        Optional<PullPolicy> pull = fields.get("pull_policy").flatMap(ImageReader::policy);
        if (pull.isPresent() && pull.get() == PullPolicy.BUILD && build.isEmpty()) {
            fields.get("pull_policy").orElseThrow().wrong("cannot build without 'build'");
        }
        if (fields.lacks("image") && fields.lacks("build")) {
            where.wrongKey("needs 'image': the name that the archive's image has");
        }
        String name = fields.get("image").flatMap(value -> value.text(ImageReader::name))
                .orElse("localhost/" + (scope.app() + "-" + service).toLowerCase(Locale.ROOT));
        return new Image(name, pull.orElse(PullPolicy.MISSING), archive.flatMap(scope::path), build);
    }

    static String name(String text) {
        if (!text.matches("[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,511}") || text.endsWith("/") || text.endsWith(":")) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text)
                    + "' as an image: allowed is a name such as docker.io/library/postgres:16");
        }
        return text;
    }

    private static Optional<PullPolicy> policy(Value value) {
        return value.text()
                .flatMap(text -> POLICIES.containsKey(text) ? Optional.of(POLICIES.get(text)) : value.unlike(text, POLICY_WORDS));
    }

    private Build build(Value value) {
        if (value.isText()) {
            Path context = context(value).orElse(scope.folder());
            return new Build(context, context.resolve("Dockerfile"), Map.of(), Optional.empty());
        }
        Fields fields = value.fields(PartKeys.BUILD.keys());
        Path context = fields.get("context").flatMap(this::context).orElse(scope.folder());
        Path dockerfile = fields.get("dockerfile").flatMap(Value::text).map(text -> context.resolve(text).normalize())
                .orElse(context.resolve("Dockerfile"));
        var arguments = new LinkedHashMap<String, String>();
        fields.get("args").ifPresent(given -> {
            EnvironmentReader.Environment read = environments.environment(given);
            if (!read.secret().isEmpty()) {
                given.wrong("cannot give a secret to a build: it would stay in the image");
            }
            read.plain().forEach((key, template) -> argument(given, template).ifPresent(text -> arguments.put(key, text)));
        });
        return new Build(context, dockerfile, arguments, fields.get("target").flatMap(Value::text));
    }

    private static Optional<String> argument(Value where, Template template) {
        if (!template.references().isEmpty()) {
            where.wrong("cannot use " + new Template(List.of(template.references().getFirst()))
                    + " here: a build does not know the instance");
            return Optional.empty();
        }
        return Optional.of(template.fill(_ -> ""));
    }

    private Optional<Path> context(Value value) {
        return value.text(text -> {
            if (text.matches("[a-z+]+://.*|git@.*|github\\.com/.*")) {
                throw new IllegalArgumentException("cannot build from '" + Value.cut(text) + "': allowed is a folder of this machine");
            }
            return scope.path(text);
        });
    }
}
