package reeve.base.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import reeve.base.Gauges;
import reeve.base.Metric;

/// What Reeve itself uses, without its services: under the names that Prometheus' own libraries gave these numbers.
public final class ProcessMetrics {
    private static final Metric CPU = Metric.of("process_cpu_seconds_total", "CPU time that Reeve itself used, without its services.");
    private static final Metric RESIDENT = Metric.of("process_resident_memory_bytes", "Memory that Reeve itself has in RAM.");
    private static final Metric DESCRIPTORS = Metric.of("process_open_fds", "File descriptors that Reeve itself has open.");
    private static final Metric STARTED = Metric.of("process_start_time_seconds", "When Reeve was started, in seconds since 1970.");
    private static final Metric MEMORY = Metric.of("jvm_memory_used_bytes", "Memory in use, by area: heap or nonheap.", "area");
    private static final Metric MOST = Metric.of("jvm_memory_max_bytes", "The most memory that may be used; -1 for no bound.", "area");
    private static final Metric COLLECTIONS = Metric.of("jvm_gc_collections_total", "Garbage collections.", "gc");
    private static final Metric COLLECTING = Metric.of("jvm_gc_seconds_total", "Time spent in garbage collections.", "gc");
    private static final Metric THREADS = Metric.of("jvm_threads", "Platform threads.");

    private static final int PAGE_BYTES = 4096;

    public static final List<Metric> ALL = List.of(CPU, RESIDENT, DESCRIPTORS, STARTED, MEMORY, MOST, COLLECTIONS, COLLECTING, THREADS);

    private ProcessMetrics() {}

    public static void show(Gauges gauges) {
        gauges.show(CPU, values -> values.put(seconds(ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO))));
        gauges.show(RESIDENT, values -> values.put(resident()));
        gauges.show(DESCRIPTORS, values -> values.put(descriptors()));
        gauges.show(STARTED, values -> values.put(seconds(Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getStartTime()))));
        gauges.show(MEMORY, values -> memory(values, MemoryUsage::getUsed));
        gauges.show(MOST, values -> memory(values, MemoryUsage::getMax));
        gauges.show(COLLECTIONS, values -> collectors(values, gc -> Math.max(0, gc.getCollectionCount()), 1));
        gauges.show(COLLECTING, values -> collectors(values, gc -> Math.max(0, gc.getCollectionTime()), 1e-3));
        gauges.show(THREADS, values -> values.put(ManagementFactory.getThreadMXBean().getThreadCount()));
    }

    private static void memory(Gauges.Values values, ToLongFunction<MemoryUsage> number) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        values.put(number.applyAsLong(memory.getHeapMemoryUsage()), "heap");
        values.put(number.applyAsLong(memory.getNonHeapMemoryUsage()), "nonheap");
    }

    private static void collectors(Gauges.Values values, ToLongFunction<GarbageCollectorMXBean> number, double unit) {
        ManagementFactory.getGarbageCollectorMXBeans().forEach(gc -> values.put(number.applyAsLong(gc) * unit, gc.getName()));
    }

    /// proc_pid_statm(5): the second number counts pages.
    private static double resident() {
        try {
            return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * (double) PAGE_BYTES;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long descriptors() {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
