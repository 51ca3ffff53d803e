package reeve.declare.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import reeve.declare.yaml.Fields;
import reeve.declare.yaml.Keys;
import reeve.declare.yaml.Value;
import reeve.model.Address;
import reeve.model.AddressRange;
import reeve.model.CertificateFiles;
import reeve.model.HeaderChanges;
import reeve.model.RouteSpec;
import reeve.model.Webhook;

/// The types that settings have.
final class Readings {
    private static final Keys WEBHOOK = Keys.of("url", "on", "token_file", "headers_file", "timeout");
    private static final Keys CERTIFICATE = Keys.of("certificate", "key");
    private static final Keys VALUE = Keys.of("text", "file", "command");
    private static final Keys WAITED_FOR = Keys.of("file", "command");

    private Readings() {}

    static Optional<Listener> listener(Value value, Path folder) {
        return value.text(text -> new Listener(Address.parse(text), false));
    }

    static Optional<Path> path(Value value, Path folder) {
        return value.text(text -> resolve(text, folder));
    }

    static Optional<List<Path>> paths(Value value, Path folder) {
        return Optional.of(value.oneOrMore().stream().flatMap(one -> path(one, folder).stream()).toList());
    }

    static Optional<List<AddressRange>> ranges(Value value, Path folder) {
        return Optional.of(value.oneOrMore().stream().flatMap(one -> one.text(AddressRange::parse).stream()).toList());
    }

    /// The name of a metric's label, as Prometheus allows it.
    static Optional<Optional<String>> label(Value value, Path folder) {
        return value.text(text -> {
            if (!text.matches("[a-zA-Z_][a-zA-Z0-9_]*") || text.startsWith("__")) {
                throw new IllegalArgumentException("cannot use '" + Value.cut(text)
                        + "' as a label: allowed are letters, digits and '_', not beginning with a digit or '__'");
            }
            return text.equals("off") ? Optional.empty() : Optional.of(text);
        });
    }

    /// `http://HOST[:PORT][/PATH]`.
    static Optional<Optional<URI>> collector(Value value, Path folder) {
        return value.text(text -> {
            URI url = url(text);
            if (!"http".equals(url.getScheme()) || url.getHost() == null || url.getRawQuery() != null || url.getRawUserInfo() != null) {
                throw new IllegalArgumentException("cannot send traces to '" + Value.cut(text) + "': allowed is http://HOST:PORT/PATH");
            }
            return Optional.of(url);
        });
    }

    /// A header that the proxy writes.
    static Optional<Optional<String>> headerName(Value value, Path folder) {
        return value.text(text -> {
            if (!HeaderChanges.allowsName(text) || text.equalsIgnoreCase("host")) {
                throw new IllegalArgumentException("cannot use the header '" + Value.cut(text)
                        + "': allowed are letters, digits and '-', and nothing that frames a message");
            }
            return text.equals("off") ? Optional.empty() : Optional.of(text);
        });
    }

    /// What is waited for: a file that is there, or a program that ends well.
    static Optional<Optional<ValueSource>> waitedFor(Value value, Path folder) {
        if (!value.isMapping()) {
            return path(value, folder).map(file -> Optional.of(new ValueSource.FromFile(file)));
        }
        return source(value, WAITED_FOR, folder).map(Optional::of);
    }

    static Optional<List<Webhook>> webhooks(Value value, Path folder) {
        return Optional.of(value.items().stream().flatMap(item -> webhook(item, folder).stream()).toList());
    }

    static Optional<List<CertificateFiles>> certificates(Value value, Path folder) {
        return Optional.of(value.items().stream().flatMap(item -> certificate(item, folder).stream()).toList());
    }

    /// Names for which the node signs certificates itself, `localhost` always among them; none where it does not.
    static Optional<List<String>> localNames(Value value, Path folder) {
        if (!value.isList() && value.written().filter(text -> text.equals("true") || text.equals("false")).isPresent()) {
            return value.truth().map(wanted -> wanted ? List.of("localhost") : List.of());
        }
        Stream<String> listed = value.oneOrMore().stream().flatMap(name -> name.text(Readings::localName).stream());
        return Optional.of(Stream.concat(Stream.of("localhost"), listed).distinct().toList());
    }

    private static String localName(String text) {
        String name = text.toLowerCase(Locale.ROOT).replaceFirst("^\\*?\\.", "");
        if (!RouteSpec.allowsHost(name) || name.equals("*")) {
            throw new IllegalArgumentException("cannot sign for '" + Value.cut(text) + "': allowed is a name such as lan or corp.internal");
        }
        return name;
    }

    private static Optional<CertificateFiles> certificate(Value item, Path folder) {
        Fields fields = item.fields(CERTIFICATE);
        CERTIFICATE.allowed().stream().filter(fields::lacks).forEach(key -> item.wrong("needs a " + key));
        Optional<Path> key = fields.get("key").flatMap(file -> path(file, folder));
        return fields.get("certificate").flatMap(file -> path(file, folder))
                .flatMap(certificate -> key.map(found -> new CertificateFiles(certificate, found)));
    }

    private static Optional<Webhook> webhook(Value item, Path folder) {
        Fields fields = item.fields(WEBHOOK);
        if (fields.lacks("url")) {
            item.wrong("needs a url");
        }
        List<Webhook.Occasion> all = List.of(Webhook.Occasion.values());
        List<Value> words = fields.get("on").map(Value::oneOrMore).orElse(List.of());
        List<Webhook.Occasion> named = words.stream().flatMap(word -> word.word(all, Webhook.Occasion::word).stream()).toList();
        boolean unsaid = named.isEmpty() && (!words.isEmpty() || !fields.has("on")); // what was said wrong is reported already
        Optional<Path> tokenFile = fields.get("token_file").flatMap(file -> path(file, folder));
        Optional<Path> headersFile = fields.get("headers_file").flatMap(file -> path(file, folder));
        Duration timeout = fields.get("timeout").flatMap(given -> timeout(given, folder)).orElse(Webhook.DEFAULT_TIMEOUT);
        return fields.get("url").flatMap(url -> url.text(text ->
                new Webhook(url(text), Set.copyOf(unsaid ? all : named), tokenFile, headersFile, timeout)));
    }

    /// The message of a wrong one does not repeat it: it may be a secret.
    private static URI url(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException wrong) {
            throw new IllegalArgumentException("cannot use it as a URL: expected http://HOST/PATH or https://HOST/PATH", wrong);
        }
    }

    static Path resolve(String text, Path folder) {
        try {
            if (text.isEmpty()) {
                throw new IllegalArgumentException("needs a path");
            }
            return folder.resolve(text).normalize();
        } catch (InvalidPathException wrong) {
            throw new IllegalArgumentException("cannot use '" + Value.cut(text) + "' as a path: " + wrong.getReason(), wrong);
        }
    }

    static Setting.Reading<Integer> number(int least, int most) {
        return (value, _) -> value.number(least, most);
    }

    static Optional<Duration> timeout(Value value, Path folder) {
        return value.duration(Duration.ofMillis(1));
    }

    static Optional<Optional<Duration>> hsts(Value value, Path folder) {
        boolean off = value.written().map("off"::equals).orElse(false);
        return off ? Optional.of(Optional.empty()) : value.duration(Duration.ofSeconds(1)).map(Optional::of);
    }

    static Optional<Map<String, String>> texts(Value value, Path folder) {
        return named(value, Value::text);
    }

    static Optional<Map<String, Boolean>> truths(Value value, Path folder) {
        return named(value, Value::truth);
    }

    static Optional<Map<String, ValueSource>> values(Value value, Path folder) {
        return named(value, entry -> source(entry, folder));
    }

    private static Optional<ValueSource> source(Value value, Path folder) {
        if (!value.isMapping()) {
            return value.text().map(ValueSource.Text::new);
        }
        return source(value, VALUE, folder);
    }

    private static Optional<ValueSource> source(Value value, Keys keys, Path folder) {
        Fields fields = value.fields(keys);
        List<Optional<ValueSource>> given = keys.allowed().stream()
                .flatMap(key -> fields.get(key).stream())
                .map(field -> source(field, field.name(), folder))
                .toList();
        if (given.size() != 1) {
            value.wrong("needs exactly one of " + String.join(", ", keys.allowed()));
            return Optional.empty();
        }
        return given.getFirst();
    }

    private static Optional<ValueSource> source(Value field, String key, Path folder) {
        return switch (key) {
            case "text" -> field.text().map(ValueSource.Text::new);
            case "file" -> path(field, folder).map(ValueSource.FromFile::new);
            default -> {
                List<String> command = field.items().stream().flatMap(item -> item.text().stream()).toList();
                if (field.isList() && command.isEmpty()) {
                    field.wrong("needs a program to run");
                }
                yield command.isEmpty() ? Optional.empty() : Optional.of(new ValueSource.FromCommand(command));
            }
        };
    }

    /// A mapping with free names that references in manifests can spell.
    private static <T> Optional<Map<String, T>> named(Value value, Function<Value, Optional<T>> read) {
        var named = new LinkedHashMap<String, T>();
        for (Value entry : value.entries()) {
            if (!entry.name().matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}")) {
                entry.wrongKey("cannot use '" + Value.cut(entry.name())
                        + "' as a name: allowed are letters, digits, '.', '_' and '-', at most 63");
            } else {
                read.apply(entry).ifPresent(text -> named.put(entry.name(), text));
            }
        }
        return Optional.of(named);
    }
}
