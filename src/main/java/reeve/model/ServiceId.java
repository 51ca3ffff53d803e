package reeve.model;

/// A service of an app, written `app/service`.
public record ServiceId(AppName app, ServiceName service) implements Comparable<ServiceId> {

    public static ServiceId of(String app, String service) {
        return new ServiceId(new AppName(app), new ServiceName(service));
    }

    /// @throws IllegalArgumentException when the text is not `app/service`
    public static ServiceId parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("cannot read '" + text + "' as a service: expected APP/SERVICE");
        }
        return of(parts[0], parts[1]);
    }

    public InstanceId instance(int number) {
        return new InstanceId(this, number);
    }

    @Override
    public int compareTo(ServiceId other) {
        int byApp = app.compareTo(other.app);
        return byApp != 0 ? byApp : service.compareTo(other.service);
    }

    @Override
    public String toString() {
        return app + "/" + service;
    }
}
