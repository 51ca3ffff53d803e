package reeve.serve.proxy;

import reeve.sleep.Traffic;
import reeve.testing.TrafficContract;

class ProxyTrafficContractTest extends TrafficContract {
    private final ProxyTraffic traffic = new ProxyTraffic(time, 0);

    ProxyTrafficContractTest() {
        traffic.of(WEB);
    }

    @Override
    protected Traffic traffic() {
        return traffic;
    }

    @Override
    protected boolean enter() {
        return traffic.of(WEB).enter();
    }

    @Override
    protected void leave() {
        traffic.of(WEB).leave();
    }

    @Override
    protected void settle() {
        // it is here
    }
}
