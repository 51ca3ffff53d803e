package reeve.model;

/// One running copy of a service on a node, written `app/service/N`; numbers start at 1.
public record InstanceId(ServiceId service, int number) implements Comparable<InstanceId> {

    public InstanceId {
        if (number < 1) {
            throw new IllegalArgumentException("cannot number an instance " + number + ": numbers start at 1");
        }
    }

    /// @throws IllegalArgumentException when the text is not `app/service/N`
    public static InstanceId parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3 || !parts[2].matches("[1-9][0-9]{0,5}")) {
            throw new IllegalArgumentException("cannot read '" + text + "' as an instance: expected APP/SERVICE/N");
        }
        return ServiceId.of(parts[0], parts[1]).instance(Integer.parseInt(parts[2]));
    }

    @Override
    public int compareTo(InstanceId other) {
        int byService = service.compareTo(other.service);
        return byService != 0 ? byService : Integer.compare(number, other.number);
    }

    @Override
    public String toString() {
        return service + "/" + number;
    }
}
