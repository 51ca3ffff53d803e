package reeve.run.boot;

import java.util.function.Supplier;
import reeve.model.PassReport;

/// One part of a pass.
/// @param name for what is logged
/// @param work may block, within bounds of its own; what it throws counts as a failure of the stage
public record Stage(String name, Supplier<PassReport> work) {}
