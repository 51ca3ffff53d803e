package reeve.model;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/// How much of the machine an instance may use; empty for as much as there is.
/// @param memory    bytes; beyond it the kernel ends the program: out of memory
/// @param cpus      processors, 0.5 for half of one
/// @param processes processes and threads at a time
public record Resources(OptionalLong memory, OptionalDouble cpus, OptionalLong processes) {
    public static final Resources UNLIMITED = new Resources(OptionalLong.empty(), OptionalDouble.empty(), OptionalLong.empty());
}
