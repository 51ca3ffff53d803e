package reeve.store;

import java.time.Duration;
import reeve.testing.MemoryStore;
import reeve.testing.VirtualTime;

class MemoryStoreTest extends StoreContract {
    private final VirtualTime time = new VirtualTime();

    @Override
    protected Store open() {
        return new MemoryStore(time);
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Override
    protected void forgetChanges() {
        ((MemoryStore) store).compact(store.list("").revision() + 1);
    }
}
