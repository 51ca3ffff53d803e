package reeve.model;

/// A route to a backend that Reeve does not run.
/// @param to where requests go, over plain HTTP/1.1
public record ExternalRoute(RouteSpec route, Address to) {}
