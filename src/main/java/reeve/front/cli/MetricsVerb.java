package reeve.front.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import reeve.front.client.ReeveClient;
import reeve.model.Failure;
import reeve.model.wire.MetricsAnswer;
import reeve.model.wire.MetricsAnswer.LimitRow;
import reeve.model.wire.WireJson;

/// `metrics`: what is counted, and whether it keeps to limits.
@Command(name = "metrics", description = {"Show a node's metrics as text for Prometheus.",
        "With 'check': hold them to limits. Exit code 1 where a number is more than its limit, with a line for each."})
final class MetricsVerb implements Callable<Integer> {
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final Surroundings around;

    enum Action { check }

    @Mixin
    Connection connection = new Connection();

    @Mixin
    Output output = new Output();

    @Option(names = "--max", paramLabel = "NAME=N", description =
            "With 'check': no number of the metric whose name begins so may be more. May be given several times.")
    List<String> limits = List.of();

    @Option(names = "--url", paramLabel = "URL", description = "Read them from here instead of a node's socket: http://HOST:PORT/PATH.")
    @Nullable
    URI url;

    @Option(names = "--token-file", paramLabel = "FILE", description = "With --url: send the token in this file.")
    @Nullable
    Path tokenFile;

    @Option(names = "--file", paramLabel = "FILE", description = "Read them from a file.")
    @Nullable
    Path file;

    @Parameters(arity = "0..1", paramLabel = "check", description = "Hold the metrics to the limits of --max.")
    @Nullable
    Action action;

    MetricsVerb(Surroundings around) {
        this.around = around;
    }

    @Override
    public Integer call() {
        if (action == null) {
            refuse(!limits.isEmpty(), "use --max without 'check'");
            refuse(output.json(), "print metrics as JSON: they have a format of their own");
            around.out().print(text());
            return 0;
        }
        refuse(limits.isEmpty(), "check without a limit: give --max NAME=N");
        MetricsAnswer answer = MetricLimits.check(text(), parsed());
        if (output.json()) {
            around.out().println(WireJson.strict().write(answer));
        } else {
            answer.limits().forEach(this::print);
        }
        return answer.ok() ? 0 : 1;
    }

    private void print(LimitRow limit) {
        limit.exceeded().forEach(number -> around.out().println(
                Printable.line(number.series() + " is " + plain(number.value()) + ", allowed is " + plain(limit.max()))));
    }

    private static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15 ? String.valueOf((long) number) : String.valueOf(number);
    }

    private Map<String, Double> parsed() {
        var parsed = new LinkedHashMap<String, Double>();
        for (String limit : limits) {
            int at = limit.indexOf('=');
            refuse(at < 1 || !limit.substring(at + 1).matches("-?[0-9]{1,15}(\\.[0-9]{1,9})?"),
                    "use --max " + limit + ": expected NAME=N, such as reeve_service_start_attempts_total=1");
            refuse(parsed.put(limit.substring(0, at), Double.valueOf(limit.substring(at + 1))) != null,
                    "use two limits for " + limit.substring(0, at));
        }
        return parsed;
    }

    private String text() {
        refuse(url != null && file != null, "read metrics from two places: give --url or --file");
        refuse(url == null && tokenFile != null, "use --token-file without --url");
        if (file != null) {
            return read(file);
        }
        if (url == null) {
            return connection.client(around).metrics("/metrics");
        }
        Optional<String> token = Optional.ofNullable(tokenFile).map(this::read).map(String::strip);
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        String path = url.getRawPath().isEmpty() ? "/metrics" : url.getRawPath();
        return ReeveClient.at(url, token, WITHIN, around.time()).metrics(path + query);
    }

    private String read(Path path) {
        try {
            return Files.readString(around.absolute(path));
        } catch (IOException e) {
            throw new Failure(Failure.Kind.INVALID, "cannot read " + path + ": " + e, e);
        }
    }

    private static void refuse(boolean wrong, String what) {
        if (wrong) {
            throw new Failure(Failure.Kind.INVALID, "cannot " + what);
        }
    }
}
