package reeve.serve.compress;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.BrotliOutputStream;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reeve.model.Compression.Coding;

/// The codings that can be had on this machine. Any thread.
public final class Coders {
    private static final Logger LOG = LoggerFactory.getLogger(Coders.class);
    /// What compresses text well without holding up others on the same event loop: measured, see the documentation.
    private static final int BROTLI_QUALITY = 3;
    private static final int ZSTD_LEVEL = 3;
    /// 256 KiB of what came before are looked at: more memory for each stream gains little.
    private static final int WINDOW_BITS = 18;
    private static final int BROTLI_BUFFER = 16 * 1024;

    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile Set<Coding> offered = Set.of(Coding.GZIP);

    /// Those that can be used now. The first call has the native libraries loaded, and does not wait for them.
    public Set<Coding> offered() {
        if (!asked.get() && asked.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("compression").start(this::load);
        }
        return offered;
    }

    /// Loads the native libraries.
    void load() {
        asked.set(true);
        var found = EnumSet.of(Coding.GZIP);
        try {
            Brotli4jLoader.ensureAvailability();
            found.add(Coding.BR);
        } catch (UnsatisfiedLinkError | RuntimeException e) {
            LOG.warn("compression: br cannot be had: reason={}", e.getMessage());
        }
        try {
            Native.load();
            found.add(Coding.ZSTD);
        } catch (UnsatisfiedLinkError | RuntimeException | ExceptionInInitializerError e) {
            LOG.warn("compression: zstd cannot be had: reason={}", e.getMessage());
        }
        offered = Set.copyOf(found);
    }

    /// Begins a stream.
    /// @param coding one of those offered
    /// @param to     gets what is compressed; flushing the stream makes all that was written so far readable for who undoes it
    /// @return has to be closed, also where nobody wants what comes out of it any more
    public OutputStream open(Coding coding, OutputStream to) throws IOException {
        return switch (coding) {
            case GZIP -> new GzipStream(to);
            case BR -> new BrotliOutputStream(to, Encoder.Parameters.create(BROTLI_QUALITY, WINDOW_BITS), BROTLI_BUFFER);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(to, ZSTD_LEVEL).setWindowLog(WINDOW_BITS);
        };
    }
}
