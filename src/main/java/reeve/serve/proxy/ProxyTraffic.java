package reeve.serve.proxy;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import reeve.base.Time;
import reeve.model.ServiceId;
import reeve.sleep.Traffic;

/// What passes the proxies: the gates of all services that may sleep, and the counts of answers and handshakes. Built before the proxy,
/// because others want it too. Any thread.
public final class ProxyTraffic implements Traffic {
    private final Time time;
    private final ConcurrentHashMap<ServiceId, ServiceTraffic> services = new ConcurrentHashMap<>();
    private final List<Consumer<ServiceId>> heldListeners = new CopyOnWriteArrayList<>();
    private final AnswerCounts answers = new AnswerCounts();
    private final RouteCounts routes;
    private final RefusalCounts refusals = new RefusalCounts();
    private final HandshakeCounts handshakes = new HandshakeCounts();

    public ProxyTraffic(Time time) {
        this(time, 0);
    }

    /// @param mostRoutes with numbers of their own; 0 where nothing is counted by route
    public ProxyTraffic(Time time, int mostRoutes) {
        this.time = time;
        this.routes = new RouteCounts(mostRoutes);
    }

    public RouteCounts routes() {
        return routes;
    }

    public AnswerCounts answers() {
        return answers;
    }

    public RefusalCounts refusals() {
        return refusals;
    }

    public HandshakeCounts handshakes() {
        return handshakes;
    }

    ServiceTraffic of(ServiceId service) {
        ServiceTraffic known = services.get(service);
        return known != null ? known : services.computeIfAbsent(service, _ -> new ServiceTraffic(time));
    }

    /// @param listener called after a service was held, on the holding thread: its pooled connections go
    /// @return ends that
    Runnable onHeld(Consumer<ServiceId> listener) {
        heldListeners.add(listener);
        return () -> heldListeners.remove(listener);
    }

    @Override
    public Activity activity(ServiceId service) {
        return of(service).activity();
    }

    @Override
    public boolean hold(ServiceId service) {
        boolean held = of(service).hold();
        if (held) {
            heldListeners.forEach(listener -> listener.accept(service));
        }
        return held;
    }

    @Override
    public void release(ServiceId service) {
        of(service).release();
    }

    @Override
    public void holdAlways(ServiceId service) {
        of(service).holdAlways();
        heldListeners.forEach(listener -> listener.accept(service));
    }
}
