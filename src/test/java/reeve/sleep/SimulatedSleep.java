package reeve.sleep;

import reeve.testing.SimulatedProcess;

/// The sleep room as part of a simulated Reeve, for simulations of other rooms.
public final class SimulatedSleep {
    private SimulatedSleep() {}

    public static void join(SimulatedProcess process, SleepInbox inbox, Traffic traffic, DesiredState desired, SleepRecords records) {
        var sleeper = new Sleeper(inbox, traffic, desired, records, process.time(), SleepSettings.DEFAULTS);
        process.room("sleep", inbox.mailbox(), sleeper::handle);
    }
}
