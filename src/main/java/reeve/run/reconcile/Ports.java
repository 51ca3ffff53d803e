package reeve.run.reconcile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import reeve.base.Jitter;
import reeve.model.AppSpec;
import reeve.model.Failure;
import reeve.model.InstanceId;
import reeve.model.ServiceId;
import reeve.model.ServiceSpec;

/// Picks ports for instances: free now, given to no other instance, and below the range from which the kernel takes
/// ports for outgoing connections (32768 and up on Linux), so that none is taken by chance between two starts.
final class Ports {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    private final Jitter jitter;

    Ports(Jitter jitter) {
        this.jitter = jitter;
    }

    /// The ports that instances of an app still lack.
    Map<InstanceId, Integer> missing(AppSpec app, Map<InstanceId, Integer> given) {
        var picked = new TreeMap<InstanceId, Integer>();
        Set<Integer> taken = new HashSet<>(given.values());
        for (ServiceSpec spec : app.services()) {
            for (int number = 1; spec.hasPort() && number <= spec.replicas(); number++) {
                InstanceId id = new ServiceId(app.name(), spec.name()).instance(number);
                Integer has = given.get(id);
                if (spec.fixedPort() != 0) {
                    if (has == null || has != spec.fixedPort()) {
                        picked.put(id, spec.fixedPort());
                    }
                } else if (has == null || has < FIRST || has > LAST) {
                    int port = another(taken);
                    taken.add(port);
                    picked.put(id, port);
                }
            }
        }
        return picked;
    }

    /// @throws Failure `BUSY` when none is free
    int another(Set<Integer> taken) {
        int start = FIRST + (int) (jitter.next() * (LAST - FIRST));
        for (int i = 0; i < LAST - FIRST; i++) {
            int port = FIRST + (start - FIRST + i) % (LAST - FIRST);
            if (!taken.contains(port) && free(port)) {
                return port;
            }
        }
        throw new Failure(Failure.Kind.BUSY, "cannot pick a port: all of " + FIRST + " to " + LAST + " are taken");
    }

    static boolean free(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true); // a port in TIME_WAIT is free for a server
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false; // somebody listens there; who, the start's error will say
        }
    }
}
