package reeve.serve.compress;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.aayushatharva.brotli4j.decoder.DecoderJNI;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import reeve.model.Compression.Coding;

/// What clients do with what was compressed.
public final class Undo {
    private Undo() {}

    public static String all(Coding coding, String latin) throws IOException {
        try (InputStream in = open(coding, latin)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /// Of a stream that goes on.
    public static String some(Coding coding, String latin, int length) throws IOException {
        if (coding == Coding.BR) { // its stream waits for more than it needs
            return someBrotli(latin.getBytes(StandardCharsets.ISO_8859_1));
        }
        return new String(open(coding, latin).readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    private static String someBrotli(byte[] bytes) throws IOException {
        var decoder = new DecoderJNI.Wrapper(bytes.length);
        decoder.getInputBuffer().put(bytes);
        decoder.push(bytes.length);
        var text = new StringBuilder();
        while (decoder.hasOutput()) {
            text.append(StandardCharsets.ISO_8859_1.decode(decoder.pull()));
        }
        decoder.destroy();
        return text.toString();
    }

    private static InputStream open(Coding coding, String latin) throws IOException {
        var bytes = new ByteArrayInputStream(latin.getBytes(StandardCharsets.ISO_8859_1));
        return switch (coding) {
            case GZIP -> new GZIPInputStream(bytes);
            case BR -> new BrotliInputStream(bytes);
            case ZSTD -> new ZstdInputStream(bytes);
        };
    }
}
