package reeve.model;

/// What a verb is about: `APP`, `APP/SERVICE` or `APP/SERVICE/N`.
public sealed interface Selector {
    record App(AppName name) implements Selector {
        @Override
        public String toString() {
            return name.toString();
        }
    }

    record Service(ServiceId id) implements Selector {
        @Override
        public String toString() {
            return id.toString();
        }
    }

    record Instance(InstanceId id) implements Selector {
        @Override
        public String toString() {
            return id.toString();
        }
    }

    default AppName app() {
        return switch (this) {
            case App(AppName name) -> name;
            case Service(ServiceId id) -> id.app();
            case Instance(InstanceId id) -> id.service().app();
        };
    }

    default boolean covers(InstanceId instance) {
        return switch (this) {
            case App(AppName name) -> instance.service().app().equals(name);
            case Service(ServiceId id) -> instance.service().equals(id);
            case Instance(InstanceId id) -> instance.equals(id);
        };
    }

    /// @throws IllegalArgumentException when the text has another form
    static Selector parse(String text) {
        return switch (text.split("/", -1).length) {
            case 1 -> new App(new AppName(text));
            case 2 -> new Service(ServiceId.parse(text));
            case 3 -> new Instance(InstanceId.parse(text));
            default -> throw new IllegalArgumentException("cannot read '" + text + "': expected APP, APP/SERVICE or APP/SERVICE/N");
        };
    }
}
