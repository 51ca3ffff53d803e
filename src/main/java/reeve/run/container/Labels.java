package reeve.run.container;

import java.util.LinkedHashMap;
import java.util.Map;
import reeve.model.AppName;
import reeve.model.InstanceId;
import reeve.model.ServiceId;

/// The labels by which what is at Podman is ours. A name alone never makes it ours.
final class Labels {
    /// Which Reeve made it: the random id of a state folder.
    static final String NODE = "reeve.node";

    static final String APP = "reeve.app";
    static final String INSTANCE = "reeve.instance";
    static final String SPEC = "reeve.spec";

    /// The intent that led to it, unique for each start.
    static final String RUN = "reeve.run";

    /// In place of an instance: whose service it is a copy of, that runs for once.
    static final String ONCE = "reeve.once";

    private Labels() {}

    static Map<String, String> ofContainer(Map<String, String> declared, String node, InstanceId id, String spec, String run) {
        var labels = new LinkedHashMap<>(declared);
        labels.putAll(Map.of(NODE, node, APP, id.service().app().value(), INSTANCE, id.toString(), SPEC, spec, RUN, run));
        return labels;
    }

    static Map<String, String> ofOneOff(Map<String, String> declared, String node, ServiceId service, String run) {
        var labels = new LinkedHashMap<>(declared);
        labels.putAll(Map.of(NODE, node, APP, service.app().value(), ONCE, service.toString(), RUN, run));
        return labels;
    }

    /// Of networks and volumes, which several instances share.
    static Map<String, String> ofApp(Map<String, String> declared, String node, AppName app) {
        var labels = new LinkedHashMap<>(declared);
        labels.putAll(Map.of(NODE, node, APP, app.value()));
        return labels;
    }
}
