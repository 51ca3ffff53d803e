package reeve.run.reconcile;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import reeve.base.Lanes;
import reeve.base.Mailbox;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;
import reeve.sleep.DesiredState;

/// Where other rooms leave word for reconcile. It is built before them and takes word before [Reconciler] is started.
public final class NodeInbox implements Driver.Listener, DesiredState, AutoCloseable {
    private static final int CAPACITY = 65_536;

    /// So many events wait only where somebody floods the node, or it is busy with better things than watchdogs.
    private static final int MOST_WAITING = 4096;

    private final Mailbox<NodeEvent> mailbox = new Mailbox<>("reconcile", CAPACITY);
    private final Map<InstanceId, Driver.Run> ready = new ConcurrentHashMap<>();
    private final Lanes<InstanceId> lanes = new Lanes<>("instance", 1024);

    Mailbox<NodeEvent> mailbox() {
        return mailbox;
    }

    /// Events that wait to be handled.
    public int waiting() {
        return mailbox.size();
    }

    /// What is done to each instance, one thing after the other.
    Lanes<InstanceId> lanes() {
        return lanes;
    }

    void post(NodeEvent event) {
        mailbox.post(event);
    }

    /// Goes through the instance's lane, so that the end of a short run never overtakes the report of its start.
    @Override
    public void ended(InstanceId id, Driver.Run run, Exit exit) {
        lanes.submit(id, () -> post(new NodeEvent.OfInstance(id, new Event.Ended(run, exit))));
    }

    /// A program may tell as often as it likes: what it tells again is not passed on, and nothing waits for it.
    @Override
    public void notified(InstanceId id, Driver.Run run, Driver.Notice notice) {
        switch (notice) {
            case Driver.Notice.Ready() -> {
                if (!run.equals(ready.put(id, run))) {
                    lanes.submit(id, () -> post(new NodeEvent.OfInstance(id, new Event.Notified(run, notice)))); // after its start
                }
            }
            case Driver.Notice.Watchdog() -> {
                if (mailbox.size() < MOST_WAITING) {
                    mailbox.offer(new NodeEvent.OfInstance(id, new Event.Notified(run, notice)));
                }
            }
            case Driver.Notice.Status _ -> { } // the driver keeps it
        }
    }

    @Override
    public void silent(InstanceId id, String reason) {
        lanes.submit(id, () -> post(new NodeEvent.OfInstance(id, new Event.RuntimeSilent(reason))));
    }

    @Override
    public void answers(InstanceId id, Optional<Driver.Found> found) {
        lanes.submit(id, () -> post(new NodeEvent.OfInstance(id, new Event.RuntimeAnswers(found))));
    }

    @Override
    public void wantRunning(ServiceId service, String why) {
        post(new NodeEvent.RunningWanted(service, why));
    }

    @Override
    public void wantAsleep(ServiceId service, SleepKind how, String why) {
        post(new NodeEvent.SleepWanted(service, how, why));
    }

    /// Stops deciding, then lets effects that run finish.
    @Override
    public void close() {
        mailbox.close();
        lanes.close();
    }
}
