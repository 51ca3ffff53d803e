package reeve.base.os;

import java.util.Optional;

/// What `/proc/PID/stat` says of a process (proc_pid_stat(5)).
/// @param state      one letter: R S D T t Z X I
/// @param group      process group
/// @param startTicks clock ticks from the boot of the machine to its start; with the pid it names one process of one boot
/// @param threads    0 or 1 for a zombie that is wholly gone
public record ProcessFacts(long pid, char state, long parent, long group, long session, int threads, long startTicks) {

    /// @return empty where the text is cut off, as it may be while the process goes away
    static Optional<ProcessFacts> parse(String stat) {
        int name = stat.indexOf('(');
        int end = stat.lastIndexOf(')'); // a process may have parentheses and spaces in its name
        if (name < 2 || end < 0) {
            return Optional.empty();
        }
        String[] fields = stat.substring(end + 1).strip().split(" ");
        if (fields.length < 20 || fields[0].isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ProcessFacts(
                Long.parseLong(stat.substring(0, name).strip()),
                fields[0].charAt(0),
                Long.parseLong(fields[1]),
                Long.parseLong(fields[2]),
                Long.parseLong(fields[3]),
                Integer.parseInt(fields[17]),
                Long.parseLong(fields[19])));
    }

    /// Whether nothing of it runs any more. The first thread of a live process may be a zombie; the process then has others.
    public boolean gone() {
        return (state == 'Z' || state == 'X') && threads <= 1;
    }

    /// Whether it is stopped by a signal.
    public boolean stopped() {
        return state == 'T' || state == 't';
    }
}
