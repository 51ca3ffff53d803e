package reeve.serve.proxy;

/// Whether somebody who should send, or take what waits for them, does so too slowly: on average of a window, so that nothing ends only
/// because it takes long, and nothing goes on for ever by a byte now and then. One connection or stream, one loop.
final class Stall {
    private final ProxySettings.Pace least;
    private boolean watching;
    private long last;
    private long moved;
    private long since;

    Stall(ProxySettings.Pace least) {
        this.least = least;
    }

    /// There is nothing that waits for too long.
    void none() {
        watching = false;
    }

    /// @param at a number that moves by one with each byte, up or down
    /// @return whether too little has moved for too long
    boolean lasts(long at, long now) {
        return lasts(at, now, now);
    }

    /// @param begun when watching is to begin, where it has not
    boolean lasts(long at, long begun, long now) {
        if (!watching) {
            watching = true;
            last = at;
            moved = 0;
            since = begun;
        }
        moved += Math.abs(at - last);
        last = at;
        if (now - since <= least.window().toNanos()) {
            return false;
        }
        boolean tooSlow = moved < Math.max(1, least.bytes(now - since));
        moved = 0;
        since = now;
        return tooSlow;
    }
}
