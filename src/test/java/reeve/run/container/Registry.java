package reeve.run.container;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/// A registry of images on the loopback (OCI Distribution Specification, pulls only): images of made-up layers, a login, layers
/// that come slowly or not at all.
final class Registry implements AutoCloseable {
    private static final int TLS = 0x16;
    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private final ServerSocket server;
    private final Map<String, byte[]> blobs = new HashMap<>();
    private final Map<String, byte[]> manifests = new HashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Optional<String> login = Optional.empty();
    private volatile boolean stuck;
    private volatile boolean slow;

    Registry() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String name(String image) {
        return "127.0.0.1:" + server.getLocalPort() + "/" + image;
    }

    void needsLogin(String user, String password) {
        login = Optional.of("Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8)));
    }

    /// From now on no layer comes to its end.
    void hangs(boolean yes) {
        stuck = yes;
    }

    /// From now on a layer takes some seconds.
    void slow(boolean yes) {
        slow = yes;
    }

    /// Offers an image; the same name may be offered again with another content.
    /// @param image `repository:tag`
    void offer(String image, int layers, int bytesOfEach, long seed) {
        var random = new Random(seed);
        var described = new ArrayList<String>();
        var differences = new ArrayList<String>();
        for (int i = 0; i < layers; i++) {
            byte[] content = new byte[bytesOfEach];
            random.nextBytes(content);
            byte[] tar = tar("layer-" + seed + "-" + i, content);
            differences.add("\"sha256:" + digest(tar) + "\"");
            byte[] packed = packed(tar);
            described.add(descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", packed));
        }
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/none\"]},"
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                + String.join(",", differences) + "]}}").getBytes(StandardCharsets.UTF_8);
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                + descriptor("application/vnd.docker.container.image.v1+json", config) + ",\"layers\":["
                + String.join(",", described) + "]}").getBytes(StandardCharsets.UTF_8);
        String[] parts = image.split(":");
        manifests.put(parts[0] + "/manifests/" + parts[1], manifest);
        manifests.put(parts[0] + "/manifests/sha256:" + digest(manifest), manifest);
    }

    private String descriptor(String type, byte[] blob) {
        blobs.put("sha256:" + digest(blob), blob);
        return "{\"mediaType\":\"" + type + "\",\"size\":" + blob.length + ",\"digest\":\"sha256:" + digest(blob) + "\"}";
    }

    private void accept() {
        while (closed.getCount() > 0) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return; // it was closed
            }
        }
    }

    /// One request for each connection. A client that tries TLS first is sent away at once.
    private void serve(Socket client) {
        try (client; var in = new BufferedInputStream(client.getInputStream()); OutputStream out = client.getOutputStream()) {
            in.mark(1);
            if (in.read() == TLS) {
                return;
            }
            in.reset();
            var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            String[] request = String.valueOf(reader.readLine()).split(" ");
            String authorization = "";
            for (String line = reader.readLine(); line != null && !line.isEmpty(); line = reader.readLine()) {
                if (line.startsWith("Authorization: ")) {
                    authorization = line.substring("Authorization: ".length());
                }
            }
            answer(request[0].equals("HEAD"), request[1].substring("/v2/".length()), authorization, out);
        } catch (IOException e) {
            // the client has had enough
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(boolean head, String path, String authorization, OutputStream out) throws IOException, InterruptedException {
        String last = path.substring(path.lastIndexOf('/') + 1);
        if (login.isPresent() && !authorization.equals(login.get())) {
            send(head, "401 Unauthorized", "WWW-Authenticate: Basic realm=\"registry\"\r\n", error("UNAUTHORIZED", "who are you"), 1, out);
        } else if (path.isEmpty()) {
            send(head, "200 OK", "", "{}".getBytes(StandardCharsets.UTF_8), 1, out);
        } else if (manifests.containsKey(path)) {
            byte[] manifest = manifests.get(path);
            String fields = "Content-Type: " + MANIFEST + "\r\nDocker-Content-Digest: sha256:" + digest(manifest) + "\r\n";
            send(head, "200 OK", fields, manifest, 1, out);
        } else if (blobs.containsKey(last)) {
            send(head, "200 OK", "", blobs.get(last), blobs.get(last).length > 1024 && (slow || stuck) ? 20 : 1, out);
        } else {
            send(head, "404 Not Found", "", error("MANIFEST_UNKNOWN", "manifest unknown"), 1, out);
        }
    }

    private static byte[] error(String code, String message) {
        return ("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}").getBytes(StandardCharsets.UTF_8);
    }

    private void send(boolean head, String status, String fields, byte[] body, int pieces, OutputStream out)
            throws IOException, InterruptedException {
        out.write(("HTTP/1.1 " + status + "\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n" + fields + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < pieces && !head; i++) {
            if (stuck && i == 1) {
                closed.await();
            }
            int from = (int) ((long) body.length * i / pieces);
            out.write(body, from, (int) ((long) body.length * (i + 1) / pieces) - from);
            out.flush();
            if (pieces > 1 && closed.await(150, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private static byte[] tar(String name, byte[] content) {
        try {
            var bytes = new ByteArrayOutputStream();
            var tar = new TarOutput(bytes);
            Path file = Files.createTempFile("layer", "");
            Files.write(file, content);
            tar.file(name, file);
            tar.end();
            Files.delete(file);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] packed(byte[] bytes) {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return packed.toByteArray();
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        server.close();
    }
}
