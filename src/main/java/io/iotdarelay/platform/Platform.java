package io.iotdarelay.platform;

import java.time.Duration;
import java.util.List;

/** The platform that reports are sent to. */
public interface Platform {

    /** The clients, one for each event loop. */
    List<PlatformClient> clients();

    /** How many requests may be in flight over all clients, which is the number of connections. */
    int maxConnections();

    /** How long a response may take. */
    Duration responseTimeout();

    /** How large a report may be. */
    SizeLimit sizeLimit();

    /** The share of a bound for the i-th of this many; all shares together are the bound. */
    static int share(int bound, int count, int i) {
        return bound / count + (i < bound % count ? 1 : 0);
    }
}
