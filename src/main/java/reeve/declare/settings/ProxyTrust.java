package reeve.declare.settings;

import java.util.List;
import reeve.model.AddressRange;

/// What the proxy believes of what comes in.
/// @param proxies     in front of this one: what they say about where a request came from is passed on
/// @param protocol    whether these begin each connection with a header of the PROXY protocol
/// @param underscores whether header names with `_` reach services
public record ProxyTrust(List<AddressRange> proxies, boolean protocol, boolean underscores) {
    public ProxyTrust {
        proxies = List.copyOf(proxies);
    }
}
