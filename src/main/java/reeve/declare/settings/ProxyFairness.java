package reeve.declare.settings;

import java.time.Duration;

/// How much of the proxy one client may take up.
/// @param connections     of one client at a time; 0 for any number
/// @param leastRate       bytes each second that a client must send of a body or take of an answer, on average
/// @param leastRateWindow of which that is the average
public record ProxyFairness(int connections, int leastRate, Duration leastRateWindow) {}
