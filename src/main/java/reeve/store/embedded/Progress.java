package reeve.store.embedded;

import java.util.function.BooleanSupplier;

/// The newest committed revision, for those who wait for the next.
final class Progress {
    private long revision;

    Progress(long revision) {
        this.revision = revision;
    }

    synchronized void reached(long newest) {
        revision = Math.max(revision, newest);
        notifyAll();
    }

    /// Lets all who wait look again.
    synchronized void wake() {
        notifyAll();
    }

    /// Waits until a revision is committed, or `enough` holds.
    synchronized void await(long wanted, BooleanSupplier enough) throws InterruptedException {
        while (revision < wanted && !enough.getAsBoolean()) {
            wait();
        }
    }
}
