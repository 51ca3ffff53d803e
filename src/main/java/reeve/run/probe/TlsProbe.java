package reeve.run.probe;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import reeve.base.Time;
import reeve.model.Address;
import reeve.model.BackendTls;

/// Asks an instance for a page over TLS. Any thread; the calling one waits.
final class TlsProbe {
    private static final int MOST_STATUS_LINE = 1024;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");

    private final Time time;
    private final SSLContext context;
    private final BackendTls tls;

    TlsProbe(Time time, SSLContext context, BackendTls tls) {
        this.time = time;
        this.context = context;
        this.tls = tls;
    }

    /// The status of the answer; the rest of it is not read.
    /// @param within for everything
    int status(Address address, String path, Duration within) throws IOException {
        var late = new AtomicBoolean();
        try (var plain = new Socket()) {
            Runnable cancel = time.after(within, () -> {
                late.set(true);
                close(plain);
            });
            try {
                plain.connect(new InetSocketAddress(address.host(), address.port()));
                SSLSocket socket = encrypted(plain, address);
                String request = "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                return status(socket.getInputStream());
            } finally {
                cancel.run();
            }
        } catch (IOException e) {
            if (late.get()) {
                throw new SocketTimeoutException("too late");
            }
            throw e;
        }
    }

    private SSLSocket encrypted(Socket plain, Address address) throws IOException {
        var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, tls.name(address.host()), address.port(), false);
        socket.setSSLParameters(tls.aim(socket.getSSLParameters(), address.host()));
        socket.startHandshake();
        return socket;
    }

    private static int status(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n' && line.length() < MOST_STATUS_LINE; c = in.read()) {
            if (c < 0) {
                throw new EOFException("it closed the connection");
            }
            line.append((char) c);
        }
        Matcher status = STATUS.matcher(line.toString().stripTrailing());
        if (!status.matches()) {
            throw new IOException("it does not speak HTTP");
        }
        return Integer.parseInt(status.group(1));
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is given up anyway
        }
    }
}
