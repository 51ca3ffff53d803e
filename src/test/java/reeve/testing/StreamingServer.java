package reeve.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A service for tests, run as a program of its own: `/stream/N` answers with a line a second for N seconds, `/websocket`
/// upgrades and echoes frames of at most 125 bytes, anything else answers `ok`.
public final class StreamingServer {
    private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3

    private StreamingServer() {}

    public static void main(String[] arguments) throws IOException {
        try (var listener = new ServerSocket(Integer.parseInt(arguments[0]), 512, InetAddress.getLoopbackAddress())) {
            while (true) {
                Socket client = listener.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        }
    }

    private static void serve(Socket client) {
        try (client) {
            var in = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1), 1);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String path = line.split(" ")[1];
                String key = "";
                for (String header = in.readLine(); header != null && !header.isEmpty(); header = in.readLine()) {
                    if (header.regionMatches(true, 0, "Sec-WebSocket-Key:", 0, 18)) {
                        key = header.substring(18).strip();
                    }
                }
                OutputStream out = client.getOutputStream();
                if (path.startsWith("/stream/")) {
                    stream(out, Integer.parseInt(path.substring(8)));
                } else if (path.equals("/websocket")) {
                    websocket(client, out, key);
                    return;
                } else {
                    out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.ISO_8859_1));
                }
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("connection ended: " + e);
        }
    }

    private static void stream(OutputStream out, int seconds) throws IOException, InterruptedException {
        var never = new CountDownLatch(1);
        out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 1; i <= seconds; i++) {
            String line = "second " + i + "\n";
            out.write((Integer.toHexString(line.length()) + "\r\n" + line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            never.await(1, TimeUnit.SECONDS);
        }
        out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void websocket(Socket client, OutputStream out, String key) throws IOException {
        out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept(key)
                + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        var in = client.getInputStream();
        for (int first = in.read(); first >= 0; first = in.read()) {
            int length = in.read() & 0x7f;
            byte[] mask = in.readNBytes(4);
            byte[] data = in.readNBytes(length);
            byte[] frame = new byte[2 + data.length];
            frame[0] = (byte) first;
            frame[1] = (byte) data.length;
            for (int i = 0; i < data.length; i++) {
                frame[2 + i] = (byte) (data[i] ^ mask[i % 4]);
            }
            out.write(frame);
            if ((first & 0x0f) == 8) {
                return; // the close frame was echoed
            }
        }
    }

    private static String accept(String key) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-1").digest((key + WEBSOCKET_GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(sha);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-1", e);
        }
    }
}
