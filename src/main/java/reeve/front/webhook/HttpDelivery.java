package reeve.front.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import reeve.base.Durations;
import reeve.base.Time;
import reeve.base.secret.Secret;
import reeve.model.Address;
import reeve.model.Failure;
import reeve.model.Webhook;

/// One POST over a connection of its own, to an address that was judged before it is connected to. Of the answer only the status is
/// read; redirects are not followed. Any thread.
final class HttpDelivery implements Delivery {
    private static final int MOST_STATUS_LINE = 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
    private static final Pattern HEADER = Pattern.compile("([A-Za-z0-9!#$%&'*+.^_`|~-]+): *([\\x20-\\x7e]*)");
    private static final Set<String> OURS = Set.of("host", "content-length", "content-type", "connection", "transfer-encoding");

    private final Time time;
    private final Destinations destinations;

    HttpDelivery(Time time, Supplier<Optional<Address>> admin) {
        this.time = time;
        this.destinations = new Destinations(admin);
    }

    @Override
    public Outcome deliver(Webhook to, String event, byte[] body) {
        try {
            String head = head(to, event, body.length);
            List<InetAddress> addresses = destinations.of(host(to), to.port());
            if (addresses.isEmpty()) {
                return new Outcome.Refused("nothing is sent to addresses that are link-local or this node's own API");
            }
            return judge(exchange(to, addresses.getFirst(), head, body));
        } catch (Failure | IOException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        }
    }

    private static Outcome judge(int status) {
        if (status / 100 == 2) {
            return new Outcome.Delivered();
        }
        if (status / 100 == 3) {
            return new Outcome.Refused("it answers with a redirect (" + status + "), which is not followed");
        }
        boolean passing = status >= 500 || status == 408 || status == 425 || status == 429;
        return passing ? new Outcome.Failed("it answers " + status) : new Outcome.Refused("it answers " + status);
    }

    private int exchange(Webhook to, InetAddress address, String head, byte[] body) throws IOException {
        var late = new AtomicBoolean();
        try (var plain = new Socket()) {
            Runnable cancel = time.after(to.timeout(), () -> {
                late.set(true);
                close(plain);
            });
            try {
                plain.connect(new InetSocketAddress(address, to.port()));
                Socket socket = to.encrypted() ? encrypted(plain, to) : plain;
                OutputStream out = socket.getOutputStream();
                out.write(head.getBytes(StandardCharsets.US_ASCII));
                out.write(body);
                out.flush();
                return status(socket.getInputStream());
            } finally {
                cancel.run();
            }
        } catch (SSLException e) {
            throw new IOException(late.get() ? tooLate(to) : "no secure connection: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IOException(late.get() ? tooLate(to) : "no connection, or it broke: " + e.getMessage(), e);
        }
    }

    private static String tooLate(Webhook to) {
        return "no answer within " + Durations.words(to.timeout());
    }

    /// The name that is checked is the URL's, whatever address was connected to.
    private static Socket encrypted(Socket plain, Webhook to) throws IOException {
        SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var socket = (SSLSocket) factory.createSocket(plain, host(to), to.port(), false);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static String host(Webhook to) {
        return to.url().getHost().replaceAll("[\\[\\]]", "");
    }

    private static int status(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n' && line.length() < MOST_STATUS_LINE; c = in.read()) {
            line.append((char) c);
        }
        Matcher status = STATUS.matcher(line.toString().stripTrailing());
        if (!status.matches()) {
            throw new IOException("it does not answer in HTTP");
        }
        return Integer.parseInt(status.group(1));
    }

    private static String head(Webhook to, String event, int length) {
        URI url = URI.create(to.url().toASCIIString());
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        var head = new StringBuilder("POST ").append(path).append(query).append(" HTTP/1.1\r\n")
                .append("Host: ").append(to.name()).append("\r\nUser-Agent: Reeve\r\nX-Reeve-Event: ").append(event)
                .append("\r\nContent-Type: application/json\r\nContent-Length: ").append(length).append("\r\nConnection: close\r\n");
        to.tokenFile().ifPresent(file -> line(head, file, "Authorization: Bearer " + Secret.read(file).reveal()));
        to.headersFile().ifPresent(file -> Secret.read(file).reveal().lines().filter(line -> !line.isBlank())
                .forEach(line -> line(head, file, line)));
        return head.append("\r\n").toString();
    }

    /// The lines are secrets: of one that is wrong only its file is named.
    private static void line(StringBuilder head, Path file, String line) {
        Matcher header = HEADER.matcher(line.strip());
        if (!header.matches() || OURS.contains(header.group(1).toLowerCase(Locale.ROOT))) {
            throw new Failure(Failure.Kind.INVALID, "cannot send what is in " + file + ": it is not a header, or one that Reeve writes");
        }
        head.append(header.group(1)).append(": ").append(header.group(2)).append("\r\n");
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is closed as far as it can be, and whoever reads from it finds out
        }
    }
}
