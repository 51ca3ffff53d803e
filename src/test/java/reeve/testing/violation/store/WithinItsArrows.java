package reeve.testing.violation.store;

import org.slf4j.Logger;
import reeve.testing.violation.base.Clock;

/// Uses only what it may.
public record WithinItsArrows(Clock clock, Logger log, int[][] numbers) {}
