package reeve.serve.access;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reeve.model.Access;
import reeve.model.AddressRange;

/// Which addresses are let in. Immutable.
final class AddressRules {
    private final List<Rule> rules; // the longest range first, of two as long the one that denies
    private final boolean others;

    private record Rule(AddressRange range, boolean allows) {}

    private AddressRules(Access.Addresses addresses) {
        Stream<Rule> denying = addresses.deny().stream().map(range -> new Rule(range, false));
        Stream<Rule> allowing = addresses.allow().stream().map(range -> new Rule(range, true));
        this.rules = Stream.concat(denying, allowing).sorted(Comparator.comparingInt((Rule rule) -> -rule.range.bits())).toList();
        this.others = addresses.allow().isEmpty();
    }

    /// @return null where everybody is let in
    static @Nullable AddressRules of(Access.Addresses addresses) {
        return addresses.equals(Access.Addresses.ANY) ? null : new AddressRules(addresses);
    }

    boolean allow(InetAddress address) {
        for (Rule rule : rules) {
            if (rule.range.contains(address)) {
                return rule.allows;
            }
        }
        return others;
    }
}
