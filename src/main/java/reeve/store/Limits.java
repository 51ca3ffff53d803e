package reeve.store;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What may be asked of a [Store], the same for each implementation and within what etcd takes with its default settings.
/// Going past a limit is a fault of the caller: `IllegalArgumentException`, nothing done.
public final class Limits {
    /// Of the UTF-8 form of a key; the shortest key has one byte.
    public static final int KEY_BYTES = 1024;
    public static final int VALUE_BYTES = 1024 * 1024;
    /// Comparisons of one transaction, and writes of one transaction.
    public static final int OPERATIONS = 128;
    /// Keys and values of one transaction together.
    public static final int TRANSACTION_BYTES = VALUE_BYTES + 256 * 1024;
    /// Leases alive at one time.
    public static final int LEASES = 10_000;

    private static final Duration LONGEST_LEASE = Duration.ofDays(365);

    private Limits() {}

    /// @return the UTF-8 form that keys are sorted by
    public static byte[] key(String key) {
        byte[] bytes = prefix(key);
        if (bytes.length == 0) {
            throw new IllegalArgumentException("a key cannot be empty");
        }
        return bytes;
    }

    /// @return the UTF-8 form; the empty prefix covers all keys
    public static byte[] prefix(String prefix) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(prefix));
            if (encoded.remaining() > KEY_BYTES) {
                throw new IllegalArgumentException("a key cannot have more than " + KEY_BYTES + " bytes: " + encoded.remaining());
            }
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a key must be Unicode text without lone surrogates", e);
        }
    }

    public static void check(List<Store.Compare> compares, List<Store.Write> writes) {
        if (compares.size() > OPERATIONS || writes.size() > OPERATIONS) {
            throw new IllegalArgumentException("a transaction cannot have more than " + OPERATIONS + " comparisons or writes: "
                    + compares.size() + ", " + writes.size());
        }
        long bytes = 0;
        for (Store.Compare compare : compares) {
            bytes += switch (compare) {
                case Store.Compare.Modified(String key, long _) -> key(key).length;
                case Store.Compare.Value(String key, byte[] value) -> key(key).length + value(value);
            };
        }
        Set<String> written = new HashSet<>();
        for (Store.Write write : writes) {
            bytes += switch (write) {
                case Store.Write.Put(String key, byte[] value, Store.Lease _) -> key(key).length + value(value);
                case Store.Write.Delete(String key) -> key(key).length;
            };
            if (!written.add(write.key())) {
                throw new IllegalArgumentException("a transaction cannot write a key twice: " + write.key());
            }
        }
        if (bytes > TRANSACTION_BYTES) {
            throw new IllegalArgumentException("a transaction cannot have more than " + TRANSACTION_BYTES + " bytes: " + bytes);
        }
    }

    /// @return the time to live in whole seconds, rounded up, as etcd counts them
    public static Duration timeToLive(Duration asked) {
        if (!asked.isPositive() || asked.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("a lease must live longer than nothing and at most a year: " + asked);
        }
        return Duration.ofSeconds(asked.plusNanos(999_999_999).toSeconds());
    }

    /// @param revision to watch from
    public static void checkFrom(long revision) {
        if (revision < 1) {
            throw new IllegalArgumentException("a watch must begin at revision 1 or later: " + revision);
        }
    }

    private static int value(byte[] value) {
        if (value.length > VALUE_BYTES) {
            throw new IllegalArgumentException("a value cannot have more than " + VALUE_BYTES + " bytes: " + value.length);
        }
        return value.length;
    }
}
