package reeve.store.embedded;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;
import reeve.store.Store;
import reeve.store.StoreContract;
import reeve.testing.VirtualTime;

class EmbeddedStoreContractTest extends StoreContract {
    private static final int KEPT = 250;

    private final VirtualTime time = new VirtualTime();

    @TempDir
    Path folder;

    @Override
    protected Store open() {
        return EmbeddedStore.open(folder.resolve("store.db"), time, new ChangeLog.Kept(KEPT, Long.MAX_VALUE / 2));
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Override
    protected void forgetChanges() {
        for (int i = 0; i < KEPT * 3 / 2; i++) {
            store.put("/other", bytes("" + i));
        }
    }
}
