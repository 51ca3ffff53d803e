package reeve.run.container;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes a tar (POSIX ustar; long names in GNU's way) with root as the owner and no times: the same files give the same tar,
/// so that Podman's cache of layers serves.
final class TarOutput {
    private static final int BLOCK = 512;
    private static final int SHORT = 100;
    private static final int BUFFER = 64 * 1024;

    private final OutputStream out;

    TarOutput(OutputStream out) {
        this.out = out;
    }

    void folder(String name, Path path) throws IOException {
        entry(name + "/", mode(path), 0, '5', "");
    }

    void link(String name, String target) throws IOException {
        entry(name, 0777, 0, '2', target);
    }

    void file(String name, Path path) throws IOException {
        long size = Files.size(path);
        entry(name, mode(path), size, '0', "");
        byte[] buffer = new byte[BUFFER];
        try (var in = Files.newInputStream(path)) {
            for (long left = size; left > 0; ) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw new IOException(path + " was cut while it was read");
                }
                out.write(buffer, 0, count);
                left -= count;
            }
        }
        pad(size);
    }

    void end() throws IOException {
        out.write(new byte[2 * BLOCK]);
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode") & 0777;
    }

    private void entry(String name, int mode, long size, char type, String target) throws IOException {
        longName(name, 'L');
        longName(target, 'K');
        header(name, mode, size, type, target);
    }

    /// An entry that only carries a name for the next one.
    private void longName(String name, char type) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > SHORT) {
            header("././@LongLink", 0, bytes.length + 1, type, "");
            out.write(bytes);
            out.write(0);
            pad(bytes.length + 1);
        }
    }

    private void header(String name, int mode, long size, char type, String target) throws IOException {
        byte[] header = new byte[BLOCK];
        put(header, 0, SHORT, name);
        put(header, 100, 8, String.format("%07o", mode));
        put(header, 108, 8, "0000000");
        put(header, 116, 8, "0000000");
        put(header, 124, 12, String.format("%011o", size));
        put(header, 136, 12, "00000000000");
        put(header, 148, 8, "        "); // the sum is made as if it were blank
        header[156] = (byte) type;
        put(header, 157, SHORT, target);
        put(header, 257, 8, "ustar  ");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, 8, String.format("%06o\0 ", sum));
        out.write(header);
    }

    private static void put(byte[] header, int at, int most, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, Math.min(bytes.length, most));
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }
}
