package reeve.run.probe;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import reeve.base.Durations;
import reeve.base.Time;
import reeve.base.command.Command;
import reeve.base.http.HttpCall;
import reeve.base.http.HttpClient;
import reeve.base.http.HttpStream;
import reeve.base.http.HttpTarget;
import reeve.model.Address;
import reeve.model.BackendTls;
import reeve.model.Failure;
import reeve.model.Healthcheck;

/// Probes instances, once for each call.
public final class Probes {
    private static final int MOST_OUTPUT = 4096;
    private static final int MOST_WORDS = 200;

    private final HttpClient http;
    private final Time time;
    private final Function<BackendTls, SSLContext> contexts;
    private final Map<String, String> inherited;

    /// For programs that know nothing of TLS.
    public Probes(Time time, Map<String, String> inherited) {
        this(time, inherited, _ -> {
            throw new Failure(Failure.Kind.UNAVAILABLE, "cannot probe over TLS");
        });
    }

    /// @param inherited variables that a program gets where the instance does not set them
    /// @param contexts  for TLS with instances; throws [Failure] where a file cannot be used
    public Probes(Time time, Map<String, String> inherited, Function<BackendTls, SSLContext> contexts) {
        this.http = new HttpClient(time);
        this.time = time;
        this.contexts = contexts;
        this.inherited = Map.copyOf(inherited);
    }

    /// Who is probed, and how.
    /// @param address     where it listens; empty where it has no port
    /// @param command     for a probe that runs a program, with everything filled in; otherwise empty
    /// @param environment of the instance
    public record Subject(Healthcheck check, Optional<Address> address, List<String> command, Map<String, String> environment,
            Path workingDirectory) {}

    /// Takes at most the check's timeout.
    /// @return empty when it is healthy, otherwise why it is not, in a few words
    public Optional<String> unhealthy(Subject subject) {
        Duration timeout = subject.check().timeout();
        return switch (subject.check().probe()) {
            case Healthcheck.None() -> Optional.empty();
            case Healthcheck.Http(String path, var tls) -> subject.address()
                    .map(address -> tls.map(how -> encrypted(address, path, how, timeout)).orElseGet(() -> http(address, path, timeout)))
                    .orElse(Optional.of("it has no port"));
            case Healthcheck.Tcp() -> subject.address().map(address -> tcp(address, timeout)).orElse(Optional.of("it has no port"));
            case Healthcheck.Exec _ ->
                exec(new Command(subject.command(), environment(subject), subject.workingDirectory(), timeout, MOST_OUTPUT));
        };
    }

    private Map<String, String> environment(Subject subject) {
        var environment = new HashMap<>(inherited);
        environment.putAll(subject.environment());
        return environment;
    }

    /// 200 to 399 is healthy; redirects are not followed and the body is not read.
    private Optional<String> encrypted(Address address, String path, BackendTls tls, Duration timeout) {
        try {
            int status = new TlsProbe(time, contexts.apply(tls), tls).status(address, path, timeout);
            return judged("https://" + address + path, status);
        } catch (Failure | SSLException e) {
            return Optional.of("no TLS with " + address + ": " + e.getMessage());
        } catch (IOException e) {
            return Optional.of(failure(address, timeout, e));
        }
    }

    private static Optional<String> judged(String url, int status) {
        return status >= 200 && status < 400 ? Optional.empty() : Optional.of(url + " answers " + status);
    }

    private Optional<String> http(Address address, String path, Duration timeout) {
        var target = new HttpTarget.Tcp(new InetSocketAddress(address.host(), address.port()));
        try (HttpStream answer = http.open(target, HttpCall.get(path), timeout)) {
            return judged("http://" + address + path, answer.status());
        } catch (IOException e) {
            return Optional.of(failure(address, timeout, e));
        }
    }

    private static Optional<String> tcp(Address address, Duration timeout) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address.host(), address.port()), (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(failure(address, timeout, e));
        }
    }

    private static String failure(Address address, Duration timeout, IOException e) {
        return switch (e) {
            case ConnectException _ -> "nothing listens on " + address;
            case SocketTimeoutException _ -> "no answer from " + address + " within " + Durations.words(timeout);
            default -> "no answer from " + address + ": " + e.getMessage();
        };
    }

    private static Optional<String> exec(Command command) {
        String program = command.arguments().getFirst();
        return switch (command.run()) {
            case Command.Outcome.Ended(int exitCode, String output) -> exitCode == 0 ? Optional.empty()
                    : Optional.of(program + " ended with " + exitCode + said(output));
            case Command.Outcome.TimedOut() -> Optional.of(program + " did not end within " + Durations.words(command.within()));
            case Command.Outcome.Failed(String reason) -> Optional.of("cannot run " + program + ": " + reason);
        };
    }

    private static String said(String output) {
        String line = output.strip().lines().reduce((_, last) -> last).orElse("");
        return line.isEmpty() ? "" : ": " + line.substring(0, Math.min(line.length(), MOST_WORDS));
    }
}
