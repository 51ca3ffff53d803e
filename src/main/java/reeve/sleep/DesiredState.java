package reeve.sleep;

import reeve.model.ServiceId;
import reeve.model.SleepKind;

/// What the sleep room wants of a service's instances. A port of this room, implemented by reconcile.
/// Both return at once; the result comes back as an observation.
public interface DesiredState {

    void wantRunning(ServiceId service, String why);

    void wantAsleep(ServiceId service, SleepKind how, String why);
}
