package reeve.store.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.List;
import reeve.base.SystemTime;
import reeve.store.Store.Lease;
import reeve.store.Store.Outcome;
import reeve.store.Store.Write;

/// The program that [KillTest] kills: four threads write without end, and each prints `THREAD NUMBER REVISION` for a write once
/// it is acknowledged. Arguments: the store's file, and the number to go on from.
final class AcknowledgedWrites {
    private static final int THREADS = 4;

    private AcknowledgedWrites() {}

    public static void main(String[] arguments) {
        var store = EmbeddedStore.open(Path.of(arguments[0]), new SystemTime());
        int first = Integer.parseInt(arguments[1]);
        System.out.println("open");
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            Thread.ofPlatform().start(() -> {
                for (int number = first; ; number++) {
                    write(store, thread, number);
                }
            });
        }
    }

    /// Two keys at once, so that half a transaction would show.
    private static void write(EmbeddedStore store, int thread, int number) {
        byte[] value = (number + "x".repeat(number % 2000)).getBytes(UTF_8);
        var outcome = store.txn(List.of(), List.of(
                new Write.Put("/left/" + thread, value, Lease.NONE), new Write.Put("/right/" + thread, value, Lease.NONE)));
        System.out.println(thread + " " + number + " " + ((Outcome.Committed) outcome).revision());
    }
}
