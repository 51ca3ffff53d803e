package reeve.run.reconcile;

import reeve.base.Mailbox;
import reeve.model.Exit;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.SleepKind;
import reeve.run.supervise.Driver;
import reeve.run.supervise.Event;
import reeve.sleep.DesiredState;

/// Where other rooms leave word for reconcile. It is built before them and takes word before [Reconciler] is started.
public final class NodeInbox implements Driver.EndListener, DesiredState, AutoCloseable {
    private static final int CAPACITY = 65_536;

    private final Mailbox<NodeEvent> mailbox = new Mailbox<>("reconcile", CAPACITY);

    Mailbox<NodeEvent> mailbox() {
        return mailbox;
    }

    void post(NodeEvent event) {
        mailbox.post(event);
    }

    @Override
    public void ended(InstanceId id, Driver.Run run, Exit exit) {
        post(new NodeEvent.OfInstance(id, new Event.Ended(run, exit)));
    }

    @Override
    public void wantRunning(ServiceId service, String why) {
        post(new NodeEvent.RunningWanted(service, why));
    }

    @Override
    public void wantAsleep(ServiceId service, SleepKind how, String why) {
        post(new NodeEvent.SleepWanted(service, how, why));
    }

    @Override
    public void close() {
        mailbox.close();
    }
}
